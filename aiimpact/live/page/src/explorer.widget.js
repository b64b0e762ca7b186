// An explorer in a notebook: anywidget calls `render`, with a kernel behind the model.
import { hydrate } from "./explorer.js";
import { say, speak } from "./words.js";

// How long to wait for an answer before asking again, and before a reader is told [ms].
const AGAIN = 4000;
const PATIENCE = 5000;
const FIELD = "button, summary, input, select";

/**
 * What draws, and what compiles where Python cannot, are as large as all else together. Each comes once a
 * page: the first explorer asks the kernel for its script, and all find what it made on a shelf of the page.
 * @param {"draw" | "compile"} name
 * @param {string} script
 */
function onShelf(name, script, model, signal) {
  const shelf = (globalThis.aiimpact ??= {});
  const asked = (shelf.asked ??= {});
  if (shelf[name]) return shelf[name];
  return new Promise((resolve) => {
    async function run(/** @type {Record<string, string>} */ { [script]: text }) {
      if (!text || shelf[name]) return;
      const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      await import(/* webpackIgnore: true */ address);
      URL.revokeObjectURL(address);
    }
    function look() {
      if (signal.aborted || shelf[name]) {
        clearInterval(timer);
        model.off("msg:custom", run);
        if (shelf[name]) resolve(shelf[name]);
      } else if (!(Date.now() - asked[name] < AGAIN)) {
        asked[name] = Date.now();
        model.send({ want: script });
      }
    }
    model.on("msg:custom", run);
    const timer = setInterval(look, 50);
    look();
  });
}

async function wake(model, root, signal) {
  const note = root.querySelector(".explorer-asleep");
  speak(model.get("_page").words);
  const late = setTimeout(() => {
    note.textContent = say(
      "The controls are asleep: no kernel has answered yet. It may be busy, or there is none behind this page. The values shown are the defaults.",
    );
    note.classList.add("explorer-failed");
  }, PATIENCE);
  signal.addEventListener("abort", () => clearTimeout(late));
  const { lite } = model.get("_page").spec;
  if (lite) {
    const compile = await onShelf("compile", "vega-lite", model, signal);
    try {
      // What comes back is another page to begin with.
      model.send({ compiled: compile(lite), of: lite });
    } catch ({ message }) {
      clearTimeout(late);
      note.textContent = say("Vega cannot draw the chart: {reason}", { reason: message });
      note.classList.add("explorer-failed");
    }
    return null;
  }
  const draw = await onShelf("draw", "vega", model, signal);
  clearTimeout(late);
  note.classList.remove("explorer-failed");
  const handle = await hydrate(model, root, draw, signal);
  // JupyterLab would take the arrow keys of a control for a walk through the cells.
  for (const element of root.querySelectorAll(FIELD)) element.dataset.lmSuppressShortcuts = "true";
  return handle;
}

/** Show an explorer in `el`. What comes back takes it away again, with all that listens. */
function render({ model, el }) {
  const name = model.get("name");
  let life;
  async function begin() {
    life?.abort();
    life = new AbortController();
    const { signal } = life;
    el.innerHTML = model.get("_markup");
    const handle = await wake(model, el.firstElementChild, signal);
    if (signal.aborted || !handle) return;
    const explorers = (globalThis.explorers ??= {});
    explorers[name] = handle;
    signal.addEventListener("abort", () => {
      if (explorers[name] === handle) delete explorers[name];
    });
  }
  begin();
  // Other options make another model of it.
  model.on("change:_page", begin);
  return () => {
    model.off("change:_page", begin);
    life.abort();
  };
}

export default { render };
