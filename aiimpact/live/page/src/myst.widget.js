// An explorer as Jupyter Book 2's `anywidget` directive takes it: this module once, and for each
// explorer a model of its markup and state. Styles come along, for it stands in a shadow root.
import style from "./explorer.css";
import { hydrate } from "./explorer.js";
import { still } from "./still.js";
import { draw } from "./vega.page.js";

function render({ model, el }) {
  const life = new AbortController();
  const sheet = document.createElement("style");
  sheet.textContent = style;
  const host = document.createElement("div");
  host.innerHTML = model.get("markup");
  el.replaceChildren(sheet, host);
  const root = /** @type {HTMLElement} */ (host.firstElementChild);
  const state = still(structuredClone(model.get("state")));
  hydrate(state, root, draw, life.signal).then((handle) => {
    if (handle) (globalThis.explorers ??= {})[root.dataset.explorer] = handle;
  });
  return () => life.abort();
}

export default { render };
