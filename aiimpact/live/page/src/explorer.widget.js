// An explorer in a notebook: anywidget calls `render`, with a kernel behind the model.
import { hydrate } from "./explorer.js";
import { say, speak } from "./words.js";

// How long to wait for an answer before asking again, and before a reader is told [ms].
const AGAIN = 4000;
const PATIENCE = 5000;
const FIELD = "button, summary, input, select";

/**
 * Vega, which is as large as all else together, comes once a page: the first explorer asks the kernel
 * for it, and all find it on a shelf of the page.
 */
function drawer(model, signal) {
  const shelf = (globalThis.aiimpact ??= {});
  if (shelf.draw) return shelf.draw;
  return new Promise((resolve) => {
    async function run({ vega }) {
      if (!vega || shelf.draw) return;
      const address = URL.createObjectURL(new Blob([vega], { type: "text/javascript" }));
      await import(/* webpackIgnore: true */ address);
      URL.revokeObjectURL(address);
    }
    function look() {
      if (signal.aborted || shelf.draw) {
        clearInterval(timer);
        model.off("msg:custom", run);
        if (shelf.draw) resolve(shelf.draw);
      } else if (!(Date.now() - shelf.asked < AGAIN)) {
        shelf.asked = Date.now();
        model.send({ want: "vega" });
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
  const draw = await drawer(model, signal);
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
    if (signal.aborted) return;
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
