// The only script a page with explorers loads at first: it fetches the runtime when an explorer
// comes near the screen, or when somebody asks `window.explorers` for one.
const { src: here, dataset } = document.currentScript;
let runtime;

function fetched(tag, address, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element[tag === "link" ? "href" : "src"] = new URL(address, here);
    element.onload = resolve;
    element.onerror = () => reject(new Error(`The page's runtime did not load: ${address}`));
    document.head.append(element);
  });
}

/** The controls' state and the runtime; in this order, whichever comes first. */
async function load() {
  await Promise.all([
    fetched("link", "runtime.css", { rel: "stylesheet" }),
    dataset.state && fetched("script", dataset.state, { async: false }),
    fetched("script", "runtime.js", { async: false }),
  ]);
  return globalThis.aiimpactPage;
}

async function wake(root) {
  try {
    const handles = await (runtime ??= load());
    return await handles[root.dataset.explorer]();
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
