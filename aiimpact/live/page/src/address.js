// What a document offers of its explorers: `window.explorers`, and settings in its address.

import { tellHeight } from "./frame.js";
import { showOnly } from "./fill.js";

/**
 * The explorer that the address names and its settings, as in #footprint?pue=1.5, or in #only=footprint&pue=1.5,
 * where it is all that is shown; nothing where it names none.
 */
export const asked = () =>
  location.hash.match(/^#(?:only=([^&?]*)&?|([^?]*)\?)(.*)$/)?.slice(1) ?? [];

/** The address of an explorer at settings, alone where it is alone now. */
export const addressOf = (name, settings) => (asked()[0] === undefined ? `#${name}?${settings}` : `#only=${name}&${settings}`);

/**
 * Offer the explorers of `roots` to scripts and tests, and go to the one that the address names. `wake` brings one to life and gives its handle.
 * @param {HTMLElement[]} roots
 * @param {(root: HTMLElement) => Promise<any>} wake
 */
export function offer(roots, wake) {
  globalThis.explorers = {};
  for (const root of roots)
    globalThis.explorers[root.dataset.explorer] = {
      set: async (inputs) => (await wake(root)).set(inputs),
      reset: async () => (await wake(root)).reset(),
      inputs: async () => (await wake(root)).inputs(),
      changed: async () => (await wake(root)).changed(),
      open: async (query) => (await wake(root)).open(query),
    };

  async function open() {
    const [only, named, query] = asked();
    const root = roots.find(({ dataset }) => dataset.explorer === (only ?? named));
    if (!root) return;
    if (only) {
      showOnly(root);
      tellHeight();
    }
    root.tabIndex = -1;
    root.focus();
    root.scrollIntoView();
    (await wake(root)).open(query);
  }
  addEventListener("hashchange", open);
  // A link that is followed twice changes no address the second time.
  addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("a")?.href === location.href) open();
  });
  open();
}
