// The only script a page with explorers loads at first: it fetches the runtime when an explorer
// comes near the screen, or when somebody asks `window.explorers` for one.
import { offer } from "./address.js";
import { say, speak } from "./words.js";

const { src: here, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript);
speak(JSON.parse(dataset.words ?? "{}"));
let runtime;
const awake = {};

function fetched(address) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { async: true });
    script.src = new URL(address, here).href;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`The page's runtime did not load: ${address}`));
    document.head.append(script);
  });
}

/** The page's state, Vega and what brings an explorer to life; they come in any order. */
async function load() {
  // Beside plain widgets Vega is there already.
  const vega = globalThis.aiimpact?.draw ? [] : ["vega.js"];
  await Promise.all([dataset.state, ...vega, "runtime.js"].map(fetched));
}

async function wake(root) {
  try {
    await (runtime ??= load());
    return await (awake[root.dataset.explorer] ??= globalThis.aiimpactPage(root));
  } catch (error) {
    const note = root.querySelector(".explorer-asleep");
    note.textContent = say(
      "The controls did not load. The values shown are the defaults; reload the page to try again.",
    );
    note.classList.add("explorer-failed");
    throw error;
  }
}

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
/** @type {NodeListOf<HTMLElement>} */
const found = document.querySelectorAll("[data-explorer]");
const roots = [...found];
for (const root of roots) near.observe(root);
offer(roots, wake);
