// The only script a page with explorers loads at first: it fetches the runtime when an explorer
// comes near the screen, or when somebody asks `window.explorers` for one.
const here = document.currentScript.src;
let runtime;

function load() {
  runtime ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("runtime.css", here);
    const script = document.createElement("script");
    script.src = new URL("runtime.js", here);
    script.onload = () => resolve(globalThis.aiimpactPage);
    script.onerror = () => reject(new Error("The page's runtime did not load."));
    document.head.append(style, script);
  });
  return runtime;
}

async function wake(root) {
  try {
    const handles = await load();
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
