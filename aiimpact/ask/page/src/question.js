// Brings a question to life: it looks up what the reader's answer is told, in the rows that Python
// wrote. It serves a built page, a notebook and a file of its own.

import { say as inWords, speak } from "../../../live/page/src/words.js";
import { amount } from "./units.js";

/**
 * What the reader answered, kept in this browser and sent nowhere. A browser may refuse to keep
 * anything, and what it kept may be spoilt: then the question just starts empty.
 */
function shelfOf(name) {
  // One shelf for a page in every language.
  const key = `aiimpact.answers.1:${location.pathname.replace(/\/zh-Han[st](-HK)?\//, "/")}#${name}`;
  const attempt = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  return {
    read() {
      const kept = attempt(() => JSON.parse(localStorage.getItem(key)));
      return typeof kept?.given === "string" ? kept : { given: "", checked: false };
    },
    write: (kept) => attempt(() => localStorage.setItem(key, JSON.stringify(kept))),
    clear: () => attempt(() => localStorage.removeItem(key)),
  };
}

/** What was answered, by the places of texts: they are worded differently in each language. */
function placesIn(page, options, given) {
  if (options) return `#${[...options.keys()].indexOf(given)}`;
  if (page.kind !== "sort") return given;
  const placed = placedIn(given);
  return `#${page.things.map(([thing]) => page.boxes.indexOf(placed.get(thing))).join()}`;
}

/** The answer of such places; one of an earlier day is the text itself. */
function givenBy(page, options, kept) {
  const places = /^#[-\d,]+$/.test(kept) ? kept.slice(1).split(",").map(Number) : null;
  if (!places || !(options || page.kind === "sort")) return kept;
  if (options) return [...options.keys()][places[0]] ?? "";
  const placed = page.things.map(([thing], i) => [thing, page.boxes[places[i]]]).filter(([, box]) => box);
  return placed.length ? JSON.stringify(Object.fromEntries(placed)) : "";
}

/** Which thing lies in which box; nothing does where a text is spoilt. */
function placedIn(given) {
  try {
    const placed = JSON.parse(given);
    return new Map(placed && typeof placed === "object" ? Object.entries(placed) : []);
  } catch {
    return new Map();
  }
}

/** What a sorting is told: how many are right, and why the first of the others is not. */
function toldOf({ things, counts, missing }, given) {
  const placed = placedIn(given);
  if (things.some(([thing]) => !placed.has(thing))) return ["missing", missing.empty, null];
  const wrong = things.filter(([thing, box]) => placed.get(thing) !== box);
  const count = counts[things.length - wrong.length];
  if (!wrong.length) return ["got-it", count, null];
  const [thing, , told] = wrong[0];
  const [words, slip] = told[placed.get(thing)];
  return ["keep-working", `${count} ${words}`, slip];
}

/** The field of each kind of question: what is in it as text, and how to put a text in. */
function fieldOf(root, page, options) {
  const box = root.querySelector(".ask-box");
  if (page.kind === "choices") {
    const radios = [...root.querySelectorAll('input[type="radio"]')];
    return {
      element: radios[0],
      get: () => radios.find((radio) => radio.checked)?.value ?? "",
      put: (given) => radios.forEach((radio) => (radio.checked = radio.value === given)),
    };
  }
  if (page.kind === "sort") {
    const selects = [...root.querySelectorAll("select")];
    const boxOf = () => page.things.map(([thing], i) => [thing, selects[i].value]).filter(([, box]) => box);
    return {
      element: selects[0],
      get: () => (boxOf().length ? JSON.stringify(Object.fromEntries(boxOf())) : ""),
      put(given) {
        const placed = placedIn(given);
        page.things.forEach(([thing], i) => {
          selects[i].value = page.boxes.includes(placed.get(thing)) ? placed.get(thing) : "";
        });
      },
    };
  }
  if (page.kind === "slider" || page.kind === "guess") {
    const stops = [...options.keys()];
    const shown = root.querySelector("output");
    const middle = box.value;
    let moved = false;
    const paint = () => {
      shown.textContent = moved ? stops[box.value] : "–";
      box.setAttribute("aria-valuetext", moved ? stops[box.value] : inWords("not set"));
    };
    box.addEventListener("input", () => {
      moved = true;
      paint();
    });
    return {
      element: box,
      get: () => (moved ? stops[box.value] : ""),
      put(given) {
        // What was kept before units had subscripts is found, too.
        const place = stops.findIndex((stop) => stop.normalize("NFKC") === given.normalize("NFKC"));
        moved = place >= 0;
        box.value = moved ? place : middle;
        paint();
      },
    };
  }
  return { element: box, get: () => box.value, put: (given) => (box.value = given) };
}

const inputsOf = (page) => globalThis.explorers[page.explorer].inputs();

/** Open the folds of an explorer in which a control is that the answer depends on. */
function openFolds({ explorer, signals }) {
  const ends = JSON.stringify(signals?.filter(({ input }) => !input));
  const asked = signals?.filter(({ name, input }) => input && new RegExp(`\\b${name}\\b`).test(ends));
  /** @type {NodeListOf<HTMLElement>} */
  const rows = document.querySelectorAll("[data-explorer] [data-input]");
  for (const row of rows)
    if (asked?.some(({ input }) => input === row.dataset.input)) {
      const fold = row.closest("details");
      if (fold && row.closest("[data-explorer]").getAttribute("data-explorer") === explorer) fold.open = true;
    }
}

/**
 * The ends of the rows. Where they depend on an explorer, they are worked out as its outputs are, and
 * `moved` says whether it has moved since.
 */
function rowsOf(page) {
  if (!page.explorer) return { rows: () => page.rows };
  let compute;
  let seen;
  const moved = async () => JSON.stringify(await inputsOf(page)) !== seen;
  const rows = async () => {
    const inputs = await inputsOf(page);
    seen = JSON.stringify(inputs);
    const [given, ends] = [true, false].map((own) => page.signals.filter(({ input }) => Boolean(input) === own));
    compute ??= globalThis.aiimpact.program(ends);
    const values = compute(Object.fromEntries(given.map(({ name, input }) => [name, inputs[input]])));
    const end = (name) => (name === null ? null : values.get(name));
    return page.rows.map(([low, high, ...told]) => [end(low), end(high), ...told]);
  };
  return { rows, moved };
}

/**
 * Attach a question to `root`, the markup that Python wrote. `heard` is told what was answered; when
 * `signal` is aborted, it listens no more.
 * @param {HTMLElement} root
 * @param {{ heard?: (given: string) => void, signal?: AbortSignal }} [options]
 */
export function hydrate(root, { heard = (_given) => {}, signal } = {}) {
  const page = JSON.parse(root.querySelector("script").textContent);
  speak(page.words);
  /** @returns {any} */
  const find = (selector) => root.querySelector(selector);
  const options = page.options && new Map(page.options.map(([given, ...told]) => [given, told]));
  const field = fieldOf(root, page, options);
  const shelf = shelfOf(root.dataset.question);
  const { rows, moved } = rowsOf(page);
  const word = find(".ask-word");
  const clear = find(".ask-clear");
  const answer = find(".ask-answer");
  const you = find(".ask-you");
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const folds = root.querySelectorAll(".ask-hint");
  const hints = [...folds];

  /** @param {any[]} told */
  const verdict = ([tone, words, slip]) => ({ tone, words, slip });
  async function judge(given) {
    if (!given.trim()) return verdict(["missing", page.missing.empty, null]);
    if (page.kind === "open") return verdict([null, page.compare, null]);
    if (options) return verdict(options.get(given));
    if (page.kind === "sort") return verdict(toldOf(page, given));
    const value = amount(given, page.unit, page.beside);
    if (Number.isNaN(value))
      return verdict(["missing", page.missing.unreadable.replace("{given}", () => given.trim()), null]);
    let found;
    try {
      found = await rows();
    } catch {
      return verdict(["missing", page.missing.asleep, null]);
    }
    const row = found.find(
      ([low, high]) => (low === null || low <= value) && (high === null || value <= high),
    );
    return verdict(row.slice(2));
  }

  function say({ tone, words }) {
    quiet();
    if (tone) root.dataset.tone = tone;
    const label = document.createElement("strong");
    label.textContent = page.labels[tone] ?? "";
    word.replaceChildren(label, label.textContent && " ", words);
  }
  function quiet() {
    delete root.dataset.tone;
    word.replaceChildren();
    if (you) you.style.display = "none";
  }
  /** Put the reader's guess beside the value. */
  function mark(given) {
    const place = page.places[given];
    you.style.display = "";
    you.setAttribute("x", `${place}%`);
    const text = you.querySelector("text");
    text.textContent = inWords("You: {given}", { given });
    text.setAttribute("text-anchor", place < 20 ? "start" : place > 80 ? "end" : "middle");
  }

  let asked = 0;
  /** Judge what stands in the field. `again` is a page that was opened once more. */
  async function check({ again = false } = {}) {
    const turn = ++asked;
    const given = field.get();
    const found = await judge(given);
    // While an explorer was asked, somebody may have answered anew.
    if (turn !== asked) return found;
    say(found);
    if (found.tone === "missing") return found;
    if (you) mark(given);
    heard(given);
    root.classList.add("ask-answered");
    root.dispatchEvent(new CustomEvent("question-answered", { bubbles: true, composed: true }));
    if (again) return found;
    shelf.write({ given: placesIn(page, options, given), checked: true });
    const next = hints.find((hint) => !hint.open);
    if (found.tone === "keep-working" && !found.slip && next) {
      next.open = true;
      word.append(inWords(" There is a hint below."));
    }
    if (found.tone !== "keep-working" || page.kind === "guess") answer.open = true;
    return found;
  }

  function put(given) {
    field.put(given);
    clear.disabled = !given;
  }
  async function reset() {
    asked += 1;
    put("");
    quiet();
    shelf.clear();
    heard("");
    for (const fold of [...hints, answer]) fold.open = false;
  }

  const form = find("form");
  form.addEventListener("input", () => {
    asked += 1;
    quiet();
    clear.disabled = !field.get();
    shelf.write({ given: placesIn(page, options, field.get()), checked: false });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  form.addEventListener("keydown", (event) => {
    // Not every browser takes Enter on a slider or a choice for an answer.
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    check();
  });
  clear.addEventListener("click", () => {
    reset();
    field.element.focus();
  });
  // Bubbles up from an explorer that was drawn anew.
  const stale = async (event) => {
    // The first of the path: what comes out of a shadow root seems to come from its host.
    if (event.composedPath()[0].dataset.explorer !== page.explorer || !root.dataset.tone) return;
    if (!(await moved()) || !root.dataset.tone) return;
    quiet();
    word.textContent = inWords("The values above have changed. Check again.");
  };
  addEventListener("explorer-moved", stale, { signal });
  openFolds(page);

  find(".ask-field").disabled = false;
  const kept = shelf.read();
  const given = givenBy(page, options, kept.given);
  put(options && !options.has(given) ? "" : given);
  // An explorer starts anew with the page, so an answer about its values is not judged again.
  if (kept.checked && field.get() && !page.explorer) check({ again: true });
  root.classList.add("ask-awake");
  return {
    async check(value) {
      const given = page.kind === "sort" ? JSON.stringify(value) : String(value);
      if (options && !options.has(given))
        throw new RangeError(`${given} is none of the answers: ${[...options.keys()].join("; ")}.`);
      const known = ([thing, box]) => page.things.some(([text]) => text === thing) && page.boxes.includes(box);
      if (page.kind === "sort" && !(value instanceof Object && Object.entries(value).every(known)))
        throw new RangeError(`${given} is no object from things to boxes: ${page.boxes.join("; ")}.`);
      put(given);
      return check();
    },
    reset,
  };
}
