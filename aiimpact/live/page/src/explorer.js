// Brings the markup of an explorer to life, wherever it stands: in a built page, a notebook, a file
// of its own. The model has `get`, `set`, `save_changes`, `on` and `off`, as anywidget's has.

import { drawControl, shownOf, stateOf, textOf, valueIn } from "./controls.js";
import { fillable } from "./fill.js";
import { format } from "./numbers.js";
import { press } from "./stamp.js";
import { letters, say as inWords, speak } from "./words.js";

// Before a result is spoken [ms], so that a moving slider does not chatter.
const PAUSE = 700;

/** Show what is veiled once its question is answered, when somebody asks for it, or where there is no question. */
function unveil(root, signal) {
  const { after } = root.dataset;
  if (!after) return;
  const open = () => root.classList.add("explorer-open");
  /** @type {NodeListOf<HTMLElement>} */
  const questions = document.querySelectorAll("[data-question]");
  const question = [...questions].find(({ dataset }) => dataset.question === after);
  const button = root.querySelector(".explorer-veil button");
  button.disabled = false;
  button.addEventListener("click", open);
  addEventListener("question-answered", (event) => /** @type {HTMLElement} */ (event.composedPath()[0]).dataset.question === after && open(), { signal });
  if (!question || question.matches(".ask-answered")) open();
}

/**
 * Attach controls, chart and readouts to `root`, the markup that Python wrote. `draw` makes a Vega view;
 * when `signal` is aborted, nothing is left behind. Gives what `window.explorers[name]` offers, and
 * what `share.js` needs.
 */
export async function hydrate(model, root, draw, signal = new AbortController().signal) {
  const page = model.get("_page");
  speak(page.words);
  const find = (selector) => root.querySelector(selector);
  const controls = model.get("_facts").map((facts) => ({
    facts,
    state: model.get(facts.id),
    row: [...root.querySelectorAll("[data-input]")].find(({ dataset }) => dataset.input === facts.name),
  }));
  const byName = new Map(controls.map((control) => [control.facts.name, control]));
  const defaults = new Map(controls.map((control) => [control, control.state]));
  const present = ({ facts, state }) => valueIn(facts, state);

  const chart = find(".explorer-chart");
  const canvas = document.createElement("div");
  const { view, run } = draw(structuredClone(page.spec), canvas);
  let values;
  signal.addEventListener("abort", () => view.finalize());
  const responsive = page.spec.autosize?.type === "fit-x";
  function fit() {
    if (!responsive || !chart.clientWidth || view.width() === chart.clientWidth) return false;
    view.width(chart.clientWidth);
    return true;
  }

  const readouts = page.outputs.map(({ name, id }) => ({
    name,
    id,
    elements: [...root.querySelectorAll("[data-output]")].filter((e) => e.dataset.output === name),
  }));
  // What is true or false in the chart is one or nought to a reader, as in Python.
  const output = (id) => {
    const value = values.get(id);
    return Array.isArray(value) ? value.map(Number) : Number(value);
  };
  // A language may count in another unit: 1.98 thousand billions are 19,800亿.
  const times = new Map(page.outputs.map(({ id, times = 1 }) => [id, times]));
  const shown = (id) => format(times.get(id) > 1 ? Number(output(id)) * times.get(id) : output(id), page.digits);
  const outputs = () => Object.fromEntries(readouts.map(({ name, id }) => [name, output(id)]));
  const inputs = () => Object.fromEntries(controls.map((c) => [c.facts.name, present(c)]));

  const sentence = find(".explorer-sentence");
  const title = find(".explorer-title");
  const stamp = find(".explorer-seen > .stamp");
  const aloud = find(".explorer-aloud");
  const word = find(".explorer-word");
  const table = find(".explorer-data");
  const picker = find(".explorer-presets select");
  const reset = find(".explorer-reset");

  function spoken({ facts, state }) {
    return facts.format ? format(state * (facts.times ?? 1), Math.max(page.digits, 4)) : textOf(facts, state);
  }
  function say(parts = page.sentence) {
    return parts
      .map((part) => {
        if (typeof part === "string") return part;
        return part.output ? shown(part.output) : spoken(byName.get(part.input));
      })
      .join("");
  }

  function tabulate() {
    const rows = view.data("explorer_table").map((datum) => {
      const row = document.createElement("tr");
      for (const [field, heading, times = 1] of page.table) {
        const value = typeof datum[field] === "boolean" ? Number(datum[field]) : datum[field];
        // A year is a name, as in `markup.py`.
        row.insertCell().textContent = heading === "Year" ? String(value) : format(times > 1 ? value * times : value, page.digits);
      }
      return row;
    });
    table.querySelector("tbody").replaceChildren(...rows);
  }

  // Most of an explorer stays as it is when one slider moves, and is not written again.
  const painted = new Map();
  const isNew = (key, value) => !Object.is(painted.get(key), painted.set(key, value).get(key));
  function paint() {
    for (const { id, elements } of readouts) {
      // A series has no readout: the chart and its table show it.
      if (!elements.length) continue;
      const value = output(id);
      if (!isNew(id, value)) continue;
      for (const element of elements) {
        element.textContent = shown(id);
        element.dataset.value = value;
      }
    }
    sentence.textContent = say();
    if (title) title.textContent = say(page.title);
    if (stamp) verdict = press(stamp, ...page.stamp.map(output), page.digits);
    if (table.open) tabulate();
    root.dispatchEvent(new CustomEvent("explorer-moved", { bubbles: true, composed: true }));
  }

  let verdict;
  let announcement;
  function announce() {
    clearTimeout(announcement);
    announcement = setTimeout(() => (aloud.textContent = verdict ? inWords("{verdict}. {sentence}", { verdict, sentence: say() }) : say()), PAUSE);
  }
  signal.addEventListener("abort", () => clearTimeout(announcement));

  let running = null;
  let stale = false;
  /** Run the model at the present states; what is set meanwhile, also by who hears of it, runs next. */
  function update() {
    stale = true;
    running ??= (async () => {
      try {
        while (stale && !signal.aborted) {
          stale = false;
          values = run(Object.fromEntries(controls.map((c) => [c.facts.id, present(c)])));
          await view.runAsync();
          if (!signal.aborted) paint();
        }
      } finally {
        running = null;
      }
    })();
    return running;
  }

  /** Take states over, from a reader's hand or a program's. */
  function take(states) {
    for (const [control, state] of states) {
      // What a link or a preset sets is not left in a fold.
      if (!Object.is(state, defaults.get(control)))
        for (let fold = control.row; (fold = fold.parentElement.closest("details")); ) fold.open = true;
      control.state = state;
      control.show(state);
      model.set(control.facts.id, state);
    }
    model.save_changes();
    announce();
    return update();
  }

  function attach(control) {
    control.show = drawControl(control.facts, control.row.querySelector(".explorer-widget"), {
      move(state) {
        if (picker) picker.selectedIndex = 0;
        take([[control, state]]);
      },
      say: (words) => (word.textContent = words),
    });
    control.show(control.state, true);
  }

  /** Make the boxes wide enough for every number, as `markup.py` does, so that they stay as they are. */
  function makeRoom() {
    for (const { facts, state, row } of controls) {
      if (!row.style.length) continue;
      const numbers = [facts.low, facts.high, state].filter((x) => x !== undefined).map((x) => textOf(facts, x));
      const texts = facts.options?.map(shownOf) ?? numbers;
      row.style.setProperty("--explorer-room", `${Math.max(4, ...texts.map(letters))}ch`);
    }
  }

  /** Tell the chart the limits of controls that it reaches over. */
  function tellEnds() {
    for (const { facts } of controls)
      for (const side of ["low", "high"]) {
        const signal = `${facts.id}_${side}`;
        if (page.ends.includes(signal)) view.signal(signal, facts[side]);
      }
  }

  /** Follow what Python says: new limits and options first, then what is set among them. */
  function follow() {
    const told = model.get("_facts");
    let changed = false;
    controls.forEach((control, index) => {
      const state = model.get(control.facts.id);
      const redrawn = JSON.stringify(told[index]) !== JSON.stringify(control.facts);
      if (!redrawn && Object.is(state, control.state)) return;
      changed = true;
      control.facts = told[index];
      control.state = state;
      if (redrawn) attach(control);
      control.show(state);
    });
    tellEnds();
    if (!changed) return;
    makeRoom();
    announce();
    update();
  }

  async function set(settings) {
    const states = Object.entries(settings).map(([name, value]) => {
      const control = byName.get(name);
      if (control) return [control, stateOf(control.facts, value, control.state)];
      throw new RangeError(`${name} is no input. Inputs: ${[...byName.keys()].join(", ")}.`);
    });
    await take(states);
    return outputs();
  }

  /** Begin anew, from the first states but for some. */
  async function start(states = []) {
    word.textContent = "";
    if (picker) picker.selectedIndex = 0;
    await take([...new Map([...defaults, ...states])]);
    return outputs();
  }

  controls.forEach(attach);
  // Since the chart was made, Python may have given a control other limits.
  tellEnds();
  if (picker) {
    picker.disabled = false;
    picker.addEventListener("change", () => {
      const preset = page.presets[picker.selectedIndex - 1];
      if (preset) set(preset.settings);
    });
  }
  reset.disabled = false;
  reset.addEventListener("click", () => start());
  table.addEventListener("toggle", () => table.open && tabulate());
  // A page opens its folds for print, and the toggle is told too late.
  addEventListener("beforeprint", tabulate, { signal });

  // Before the first run: to lay out a chart takes longer than all else here.
  fit();
  await update();
  if (signal.aborted) return null;
  chart.replaceChildren(canvas);
  chart.querySelector("svg")?.setAttribute("aria-hidden", "true");
  const seen = find(".explorer-seen");
  const observer = new ResizeObserver(() => {
    // What has the focus must not come to lie under the picture that stays.
    root.style.setProperty("--explorer-cover", `${seen.offsetHeight}px`);
    // In the next frame: what is drawn now would change sizes that were told already, which is an error.
    if (fit()) requestAnimationFrame(() => view.runAsync());
  });
  observer.observe(seen);
  signal.addEventListener("abort", () => observer.disconnect());

  const names = ["_facts", ...controls.map(({ facts }) => facts.id)].map((name) => `change:${name}`);
  for (const name of names) model.on(name, follow);
  signal.addEventListener("abort", () => names.forEach((name) => model.off(name, follow)));
  unveil(root, signal);
  root.classList.add("explorer-awake");
  fillable(root, signal);
  return { set, reset: () => start(), inputs, outputs, controls, start };
}
