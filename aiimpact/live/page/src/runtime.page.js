// The explorers of a built page. `wake.js` fetches this, Vega and the page's state when one is near.
import { hydrate } from "./explorer.js";
import { share } from "./share.js";
import { still } from "./still.js";
import { speak } from "./words.js";

/** Bring an explorer to life; its settings can be shared by the page's address. */
globalThis.aiimpactPage = async (root) => {
  speak(globalThis.aiimpactWords);
  const model = still(globalThis.aiimpactState[root.dataset.explorer]);
  return share(await hydrate(model, root, globalThis.aiimpact.draw), root);
};
