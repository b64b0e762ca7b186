// What every page has once. The theme writes these lines and handlers into the pages themselves,
// where the pages' Content-Security-Policy would block them.
var toggleHintShow = "Click to show";
var toggleHintHide = "Click to hide";
var toggleOpenOnPrint = "true";
var togglebuttonSelector = ".toggle, .admonition.dropdown";
DOCUMENTATION_OPTIONS.search_as_you_type = false;
// The theme's search fetches each page that it found for an excerpt; from disk browsers refuse that.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

document.addEventListener("click", ({ target }) => {
  /** @type {HTMLElement | null} */
  const button = target instanceof Element ? target.closest("[data-act]") : null;
  const act = button?.dataset.act;
  if (act === "fullscreen") window.toggleFullScreen();
  if (act === "print") window.print();
});

// On paper nothing can be unfolded, and white paper wants dark ink. What a question keeps folded, it
// keeps: a sheet of questions without the answers is what a class needs.
const folds = [];
let screenTheme;
addEventListener("beforeprint", () => {
  folds.push(...document.querySelectorAll("main details:not([open], .ask *)"));
  for (const fold of folds) fold.open = true;
  screenTheme ??= document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  for (const fold of folds.splice(0)) fold.open = false;
  document.documentElement.dataset.theme = screenTheme;
  screenTheme = undefined;
});
