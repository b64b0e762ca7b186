// Plain ipywidgets of a built page, beside explorers or around them: the manager of ipywidgets without
// a kernel behind it. Only a page that has such widgets loads this.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import "@jupyter-widgets/controls/css/widgets.css";

import { hydrate } from "./explorer.js";
import { share } from "./share.js";

const EXPLORER = "aiimpact.live.explorer.Explorer";
const VIEW = "application/vnd.jupyter.widget-view+json";

class NoteView extends base.DOMWidgetView {
  render() {
    this.el.className = "explorer-asleep explorer-failed";
    this.el.textContent = "There is a widget here that a page without a kernel cannot show.";
  }
}

// All of anywidget's have one view; only explorers bring one that a page can run.
class AnyView extends NoteView {
  async render() {
    if (this.model.get("_anywidget_id") !== EXPLORER) {
      super.render();
      return;
    }
    this.el.innerHTML = this.model.get("_markup");
    const root = this.el.firstElementChild;
    const handle = share(await hydrate(this.model, root, globalThis.aiimpact.draw), root);
    (globalThis.explorers ??= {})[this.model.get("name")] = handle;
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

const manager = new PageManager();
const models = manager.set_state(globalThis.aiimpactWidgets);

async function show(script) {
  const host = document.createElement("div");
  script.after(host);
  await models;
  const view = await manager.create_view(await manager.get_model(JSON.parse(script.textContent).model_id));
  const { luminoWidget } = view;
  /** @type {any} */ (luminoWidget.constructor).attach(luminoWidget, host);
}

for (const script of document.querySelectorAll(`script[type="${VIEW}"]`)) show(script);
