// What a document offers of its explorers: `window.explorers`, and settings in its address.

/** The explorer that the address names, and its settings; nothing where it names none. */
export const asked = () => location.hash.match(/^#([^?]*)\?(.*)$/)?.slice(1) ?? [];

/**
 * Offer the explorers of `roots` to scripts and tests, and go to the one that the address names, as in
 * #footprint?pue=1.5. `wake` brings one to life and gives its handle.
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
    };

  async function open() {
    const [name, query] = asked();
    const root = roots.find(({ dataset }) => dataset.explorer === name);
    if (!root) return;
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
