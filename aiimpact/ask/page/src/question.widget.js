// A question in a notebook: anywidget calls `render`, with a kernel behind the model.
import { hydrate } from "./question.js";

const FIELD = "input, textarea, button, summary";

/** Show a question in `el`. What comes back takes it away again, with all that listens. */
function render({ model, el }) {
  const life = new AbortController();
  const name = model.get("name");
  el.innerHTML = model.get("_markup");
  const root = el.firstElementChild;
  const heard = (given) => {
    model.set("given", given);
    model.save_changes();
  };
  // JupyterLab would take the arrow keys of a field for a walk through the cells.
  for (const element of root.querySelectorAll(FIELD)) element.dataset.lmSuppressShortcuts = "true";
  const handle = hydrate(root, { heard, signal: life.signal });
  const questions = (globalThis.questions ??= {});
  questions[name] = handle;
  return () => {
    life.abort();
    if (questions[name] === handle) delete questions[name];
  };
}

export default { render };
