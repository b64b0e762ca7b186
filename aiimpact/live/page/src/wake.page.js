// The only script a page with explorers loads at first: it fetches the runtime when an explorer
// comes near the screen, or when somebody asks `window.explorers` for one.
const { src: here, dataset } = document.currentScript;
let runtime;
const awake = {};

function fetched(address) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { async: true });
    script.src = new URL(address, here);
    script.onload = resolve;
    script.onerror = () => reject(new Error(`The page's runtime did not load: ${address}`));
    document.head.append(script);
  });
}

/** The page's state, Vega and what brings an explorer to life; they come in any order. */
async function load() {
  const scripts = [dataset.state, "vega.js", "runtime.js"];
  await Promise.all(scripts.map(fetched));
}

async function wake(root) {
  try {
    await (runtime ??= load());
    return await (awake[root.dataset.explorer] ??= globalThis.aiimpactPage(root));
  } catch (error) {
    const note = root.querySelector(".explorer-asleep");
    note.textContent =
      "The controls did not load. The values shown are the defaults; reload the page to try again.";
    note.classList.add("explorer-failed");
    throw error;
  }
}

globalThis.explorers = {};
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      wake(target);
    }
  },
  { rootMargin: "400px" },
);

const roots = [...document.querySelectorAll("[data-explorer]")];
for (const root of roots) {
  globalThis.explorers[root.dataset.explorer] = {
    set: async (inputs) => (await wake(root)).set(inputs),
    reset: async () => (await wake(root)).reset(),
    inputs: async () => (await wake(root)).inputs(),
  };
  near.observe(root);
}

/** Go to the explorer that the address names, as in #footprint?pue=1.5; `share.js` sets it. */
async function open() {
  const [, name, query] = location.hash.match(/^#([^?]*)\?(.*)$/) ?? [];
  const root = roots.find(({ dataset }) => dataset.explorer === name);
  if (!root) return;
  root.tabIndex = -1;
  root.focus();
  root.scrollIntoView();
  (await wake(root)).open(query);
}
addEventListener("hashchange", open);
// A link that is followed twice changes no address the second time.
addEventListener("click", ({ target }) => target.closest("a")?.href === location.href && open());
open();
