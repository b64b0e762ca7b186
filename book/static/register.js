// Filters and sorts the claims register, and opens the claim that an address names. Without this script all claims are
// listed, and a click opens one.
/** @type {HTMLFormElement} */
const form = document.querySelector(".claim-filter");
/** @type {NodeListOf<HTMLDetailsElement>} */
const found = document.querySelectorAll("details.claim-entry");
const entries = [...found];

function arrange() {
  const { chapter, judged, order } = /** @type {any} */ (form.elements);
  const by = (/** @type {HTMLElement} */ entry, /** @type {string} */ key) => Number(entry.dataset[key]);
  const up = order.value === "off" ? -1 : 1;
  let shown = 0;
  for (const entry of entries) {
    entry.hidden =
      (chapter.value && entry.dataset.chapter !== chapter.value) ||
      (judged.value && entry.dataset.judged !== judged.value);
    if (!entry.hidden) shown += 1;
  }
  for (const list of document.querySelectorAll(".claim-list")) {
    list.append(
      ...entries
        .filter((entry) => entry.parentElement === list)
        .sort((a, b) => up * (by(a, order.value) - by(b, order.value)) || by(a, "place") - by(b, "place")),
    );
  }
  const count = form.querySelector("output");
  const said = count.dataset.said ?? "{shown} of {all} claims";
  count.textContent = said.replace("{shown}", String(shown)).replace("{all}", String(entries.length));
}

function open() {
  const entry = entries.find((one) => `#${one.id}` === location.hash);
  if (entry) {
    entry.hidden = false;
    entry.open = true;
    entry.scrollIntoView();
  }
}

form.hidden = false;
form.addEventListener("change", arrange);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", open);
addEventListener("beforeprint", () => entries.forEach((entry) => (entry.open = true)));
arrange();
open();
