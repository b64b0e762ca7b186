// An explorer in a file of its own, with all that it needs beside it.
import { offer } from "./address.js";
import { hydrate } from "./explorer.js";
import { tellHeight } from "./frame.js";
import { share } from "./share.js";
import { still } from "./still.js";

const states = JSON.parse(document.getElementById("explorers").textContent);
const awake = new Map();
async function begin(root) {
  const model = still(states[root.dataset.explorer]);
  return share(await hydrate(model, root, globalThis.aiimpact.draw), root);
}
const wake = (root) => awake.get(root) ?? awake.set(root, begin(root)).get(root);

/** @type {NodeListOf<HTMLElement>} */
const found = document.querySelectorAll("[data-explorer]");
const roots = [...found];
offer(roots, wake);
roots.forEach(wake);
tellHeight();
