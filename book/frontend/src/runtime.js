// Runs the widgets of a built page: the manager of ipywidgets without a kernel behind it.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import "@jupyter-widgets/controls/css/widgets.css";

import { hydrate } from "../../../aiimpact/live/explorer.js";
import { share } from "./share.js";
import { draw } from "./vega.js";

const VIEW = "application/vnd.jupyter.widget-view+json";

// An explorer's own front end is part of this bundle; its model only holds the state.
class ExplorerModel extends base.DOMWidgetModel {}

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: { AnyModel: ExplorerModel },
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

async function start() {
  (globalThis.aiimpact ??= {}).draw = draw;
  const manager = new PageManager();
  const models = await manager.set_state(globalThis.aiimpactState);

  const handles = {};
  const byName = new Map(
    models.filter((model) => model instanceof ExplorerModel).map((model) => [model.get("name"), model]),
  );
  for (const root of document.querySelectorAll("[data-explorer]")) {
    const name = root.dataset.explorer;
    handles[name] = () =>
      (handles[name].promise ??= hydrate(byName.get(name), root).then((handle) => share(handle, root)));
  }
  for (const script of document.querySelectorAll(`script[type="${VIEW}"]`)) {
    const model = await manager.get_model(JSON.parse(script.textContent).model_id);
    const view = await manager.create_view(model);
    const host = document.createElement("div");
    script.after(host);
    view.luminoWidget.constructor.attach(view.luminoWidget, host);
  }
  return handles;
}

globalThis.aiimpactPage = start();
