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

for (const root of document.querySelectorAll("[data-explorer]")) {
  globalThis.explorers[root.dataset.explorer] = {
    set: async (inputs) => (await wake(root)).set(inputs),
    reset: async () => (await wake(root)).reset(),
    inputs: async () => (await wake(root)).inputs(),
  };
  near.observe(root);
}
