// Brings the questions of a page to life, all at once: they need neither widgets nor charts.
import { hydrate } from "./question.js";

globalThis.questions = {};
for (const root of document.querySelectorAll("[data-question]"))
  globalThis.questions[root.dataset.question] = hydrate(root);

const all = document.querySelector(".ask-all button");
if (all) {
  all.disabled = false;
  all.addEventListener("click", () => {
    for (const question of Object.values(globalThis.questions)) question.reset();
  });
}
