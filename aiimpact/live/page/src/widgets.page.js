// Plain ipywidgets of a page without a kernel, beside explorers or around them: the manager of ipywidgets.
// A built page brings their state in a script, and loads this only where it has such widgets; a document of
// `embed_html` and nbconvert's HTML hold it as data.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import "@jupyter-widgets/controls/css/widgets.css";

import { asked } from "./address.js";
import { hydrate } from "./explorer.js";
import { showOnly } from "./fill.js";
import { tellHeight } from "./frame.js";
import { share } from "./share.js";
import { say } from "./words.js";

const EXPLORER = "aiimpact.live.explorer.Explorer";
const [VIEW, STATE] = ["view", "state"].map((kind) => `application/vnd.jupyter.widget-${kind}+json`);

class NoteView extends base.DOMWidgetView {
  render() {
    this.el.className = "explorer-asleep explorer-failed";
    this.el.textContent = say("There is a widget here that a page without a kernel cannot show.");
  }
}

const explorer = {
  async render({ model, el }) {
    el.innerHTML = model.get("_markup");
    const root = el.firstElementChild;
    const handle = share(await hydrate(model, root, globalThis.aiimpact.draw), root);
    (globalThis.explorers ??= {})[model.get("name")] = handle;
    const [only, named, query] = asked();
    if (model.get("name") !== (only ?? named)) return;
    if (only) showOnly(root);
    handle.open(query);
  },
};

/** What shows a widget of anywidget's: a script of the page, or where its state brings it, its own code. */
async function kindOf(model) {
  const id = model.get("_anywidget_id");
  const kind = id === EXPLORER ? explorer : globalThis.aiimpact?.kinds?.[id];
  if (kind || !isOurs(model.attributes) || !model.get("_esm")) return kind;
  document.head.append(Object.assign(document.createElement("style"), { textContent: model.get("_css") }));
  const address = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
  return (await import(address)).default;
}

// All of anywidget's have one view; only explorers and questions bring one that needs no kernel.
class AnyView extends NoteView {
  async render() {
    const kind = await kindOf(this.model);
    if (kind) await kind.render({ model: this.model, el: this.el });
    else super.render();
  }
}

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: { AnyView },
};

class PageManager extends ManagerBase {
  /** A class of a widget, or of a note in its place: one that cannot be shown takes no other with it. */
  async loadClass(name, module) {
    return MODULES[module]?.[name] ?? (name.endsWith("View") ? NoteView : base.DOMWidgetModel);
  }
  async _get_comm_info() {
    return {};
  }
  /** @returns {Promise<never>} */
  async _create_comm() {
    throw new Error("There is no kernel behind this page.");
  }
}

const isOurs = (state) => "_markup" in state;
const views = () => [...document.querySelectorAll(`script[type="${VIEW}"]`)];
const modelOf = (script) => JSON.parse(script.textContent).model_id;

/** Whether a widget, and all that it refers to, can be shown here. */
function isKnown(key, states, seen = new Set()) {
  if (seen.has(key)) return true;
  seen.add(key);
  const { model_module: module, state } = states[key] ?? {};
  if (!MODULES[module] || (module === "anywidget" && !isOurs(state))) return false;
  const parts = JSON.stringify(state).matchAll(/IPY_MODEL_(\w+)/g);
  return [...parts].every(([, part]) => isKnown(part, states, seen));
}

/**
 * The state and the views that a document holds as data. They are taken out, so that the manager of others
 * that the document may ask for finds only what is left.
 */
function taken() {
  const data = document.querySelector(`script[type="${STATE}"]`);
  if (!data) return {};
  const whole = JSON.parse(data.textContent);
  const [known, others] = [true, false].map((own) =>
    views().filter((script) => isKnown(modelOf(script), whole.state) === own),
  );
  if (!others.length) data.remove();
  for (const script of known) script.setAttribute("type", "application/json");
  return { whole, known };
}

async function show(script, manager, models) {
  const host = document.createElement("div");
  // Before any script it is its own markup, in a document of `embed_html`.
  const still = script.previousElementSibling;
  await models;
  const view = await manager.create_view(await manager.get_model(modelOf(script)));
  const { luminoWidget } = view;
  script.after(host);
  if (still?.matches(".explorer-still")) still.remove();
  /** @type {any} */ (luminoWidget.constructor).attach(luminoWidget, host);
}

function begin() {
  const page = globalThis.aiimpactWidgets;
  const { whole, known } = page ? { whole: page, known: views() } : taken();
  if (!whole) return;
  const manager = new PageManager();
  const models = manager.set_state(whole);
  for (const script of known) show(script, manager, models);
  if (page) return;
  // The sheet of plain widgets, which would meet that of a notebook that runs.
  document.getElementById("aiimpact-widgets")?.removeAttribute("media");
  tellHeight();
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
else begin();
