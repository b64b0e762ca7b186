// Plain ipywidgets of a built page, beside explorers or around them: the manager of ipywidgets without
// a kernel behind it. Only a page that has such widgets loads this.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import "@jupyter-widgets/controls/css/widgets.css";

import { hydrate } from "./explorer.js";
import { share } from "./share.js";

const VIEW = "application/vnd.jupyter.widget-view+json";

class ExplorerModel extends base.DOMWidgetModel {}

class ExplorerView extends base.DOMWidgetView {
  async render() {
    this.el.innerHTML = this.model.get("_markup");
    const root = this.el.firstElementChild;
    const handle = share(await hydrate(this.model, root, globalThis.aiimpact.draw), root);
    (globalThis.explorers ??= {})[this.model.get("name")] = handle;
  }
}

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: { AnyModel: ExplorerModel, AnyView: ExplorerView },
};

class PageManager extends ManagerBase {
  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`This page cannot show ${module} ${name}.`);
    return found;
  }
  async _get_comm_info() {
    return {};
  }
  async _create_comm() {
    throw new Error("There is no kernel behind this page.");
  }
}

const manager = new PageManager();
const models = manager.set_state(globalThis.aiimpactWidgets);

async function show(script) {
  const host = document.createElement("div");
  script.after(host);
  try {
    await models;
    const view = await manager.create_view(await manager.get_model(JSON.parse(script.textContent).model_id));
    view.luminoWidget.constructor.attach(view.luminoWidget, host);
  } catch (error) {
    // One widget that cannot be shown takes no other with it.
    host.className = "explorer-asleep explorer-failed";
    host.textContent = "There is a widget here that a page without a kernel cannot show.";
    throw error;
  }
}

for (const script of document.querySelectorAll(`script[type="${VIEW}"]`)) show(script);
