// Brings the questions of a page to life, all at once: they need neither widgets nor charts.
import { hydrate } from "./question.js";
import question from "./question.widget.js";

globalThis.questions = {};
/** @type {NodeListOf<HTMLElement>} */
const roots = document.querySelectorAll("[data-question]");
for (const root of roots)
  globalThis.questions[root.dataset.question] = hydrate(root);
// Those in boxes come with the plain widgets of the page, later.
((globalThis.aiimpact ??= {}).kinds ??= {})["aiimpact.ask.question.Question"] = question;

/** @type {HTMLButtonElement | null} */
const all = document.querySelector(".ask-all button");
if (all) {
  all.disabled = false;
  all.addEventListener("click", () => {
    for (const question of Object.values(globalThis.questions)) question.reset();
  });
}
