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
  if (act === "code") switchCode(button, html.dataset.code === "off");
});

// The page has its code, or not, before this script runs: the script of light.py sees to that.
const html = document.documentElement;

/** @param {HTMLElement} button @param {boolean} on */
function switchCode(button, on) {
  // What one reads stays where it is, also in a browser that does not see to that itself.
  const inView = [...document.querySelectorAll(".bd-article :is(p, h2, h3, li, .explorer)")];
  const kept = inView.find((element) => element.getBoundingClientRect().top > 60);
  const before = kept?.getBoundingClientRect().top;
  html.dataset.code = on ? "on" : "off";
  button.setAttribute("aria-checked", String(on));
  if (kept) window.scrollBy({ top: kept.getBoundingClientRect().top - before, behavior: "instant" });
  // The theme lets the keyboard into code that scrolls; it looks for it when the window's size changes.
  window.dispatchEvent(new Event("resize"));
  try {
    localStorage.setItem("code", html.dataset.code);
  } catch {
    // A browser that keeps nothing has it for this page.
  }
}

for (const button of document.querySelectorAll("[data-act=code]")) button.setAttribute("aria-checked", String(html.dataset.code === "on"));

// On paper nothing can be unfolded, and white paper wants dark ink. What questions, explorers and claims keep
// folded, they keep: a sheet of questions without the answers is what a class needs. So does code, for readers.
const folds = [];
let screenTheme;
addEventListener("beforeprint", () => {
  folds.push(...document.querySelectorAll("main details:not([open], .hide, .explorer *)"));
  for (const fold of folds) fold.open = true;
  screenTheme ??= document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  for (const fold of folds.splice(0)) fold.open = false;
  document.documentElement.dataset.theme = screenTheme;
  screenTheme = undefined;
});
