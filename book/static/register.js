// Filters the claims register. Without this script all claims are shown.
/** @type {HTMLFormElement} */
const form = document.querySelector(".claim-filter");
/** @type {NodeListOf<HTMLElement>} */
const entries = document.querySelectorAll(".claim-entry");

function filter() {
  const { chapter, judged } = /** @type {any} */ (form.elements);
  let shown = 0;
  for (const entry of entries) {
    entry.hidden =
      (chapter.value && entry.dataset.chapter !== chapter.value) ||
      (judged.value && entry.dataset.judged !== judged.value);
    if (!entry.hidden) shown += 1;
  }
  form.querySelector("output").textContent = `${shown} of ${entries.length} claims`;
}

form.hidden = false;
form.addEventListener("change", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
