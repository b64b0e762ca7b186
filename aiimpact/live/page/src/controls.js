// Native controls, one for each kind that `controls.py` knows. A control shows a state (a number, a
// boolean, or which of the options is chosen) and tells what a hand or a key made of it. The true
// state is the explorer's: a rail knows only the places of its grid.

import { parse, written } from "./numbers.js";
import { say as inWords } from "./words.js";

// A touch that goes this far sideways [px] moves a handle; before that it may be a swipe over the page.
const SIDEWAYS = 6;
let drawn = 0;

function create(tag, properties = {}, children = []) {
  const { dataset, ...own } = properties;
  const element = Object.assign(document.createElement(tag), own);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

const clamp = (value, { low, high }) =>
  low === undefined ? value : Math.min(Math.max(value, low), high);

/** A title without the unit in brackets at its end, and that unit. */
const parted = (title) => title.match(/^(.*?)\s*(?:\[(.*)\])?$/s).slice(1);

/** An option as it is shown: by its label, or in another language by what that is there. */
export const shownOf = ([label, , shown = label]) => shown;

/** A state as the control writes it. */
export function textOf(facts, state) {
  if (facts.options) return shownOf(facts.options[state] ?? [""]);
  if (typeof state === "boolean") return state ? inWords("yes") : inWords("no");
  return written(state * (facts.times ?? 1), facts.format);
}

/**
 * Keep a swipe over the page from moving the rail that it begins on. Browsers set the place when a
 * finger comes down, before anybody knows where it goes.
 */
function guard(rail, hear, restore) {
  let touch = null;
  rail.addEventListener("pointerdown", ({ pointerType, clientX, clientY }) => {
    touch = pointerType === "touch" ? { x: clientX, y: clientY, held: true } : null;
  });
  const release = () => {
    touch.held = false;
    hear();
  };
  rail.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!touch?.held) return;
    const [x, y] = [Math.abs(clientX - touch.x), Math.abs(clientY - touch.y)];
    if (x > SIDEWAYS && x > y) release();
  });
  rail.addEventListener("pointerup", () => {
    if (touch?.held) release();
    touch = null;
  });
  rail.addEventListener("pointercancel", () => {
    if (touch) restore();
    touch = null;
  });
  return () => Boolean(touch?.held);
}

/** A rail with a handle, from `from` to `to`. `read` makes a state of its place, `place` the reverse. */
function rail({ facts, from, to, step, read, place, move, title }) {
  // The last place of the grid lies at the end or beyond it, so that the end can be reached.
  const steps = Math.ceil((to - from) / step - 1e-9);
  const places = Math.max(...[from, step].map((x) => (String(x).split(".")[1] ?? "").length));
  const last = Math.max(to, places > 15 ? from + steps * step : Number((from + steps * step).toFixed(places)));
  const element = create("input", { type: "range", className: "explorer-rail" });
  // In this order: a rail takes no value beyond the limits that it has at that moment.
  Object.assign(element, { min: from, max: last, step });
  element.setAttribute("aria-label", title);
  let shown;
  const show = (state) => {
    shown = state;
    element.value = place(state);
    element.setAttribute("aria-valuetext", `${textOf(facts, state)} ${parted(facts.title)[1] ?? ""}`.trim());
  };
  const hear = () => move(read(element.valueAsNumber));
  const held = guard(element, hear, () => show(shown));
  element.addEventListener(facts.continuous === false ? "change" : "input", () => held() || hear());
  return { element, show };
}

/** A box to type a number in. What is none is refused in words, and what is outside stops at the end. */
function box({ facts, move, say, title }) {
  const element = create("input", {
    type: "text",
    className: "explorer-box",
    inputMode: "decimal",
    autocomplete: "off",
    spellcheck: false,
  });
  element.setAttribute("aria-label", title);
  let [shown, kept] = ["", undefined];
  const show = (state, force = false) => {
    // Nothing is taken from under the hands of somebody who types.
    const typing = element.getRootNode().activeElement === element && element.value !== shown;
    [kept, shown] = [state, textOf(facts, state)];
    if (force || !typing) element.value = shown;
  };
  function judge() {
    const typed = element.value;
    // Passing through a box must not round the value to the digits it shows.
    if (typed === shown) return;
    // A quotient of 132.49 and not of 132.48999999999998.
    const value = facts.times ? Number((parse(typed) / facts.times).toPrecision(15)) : parse(typed);
    if (Number.isNaN(value) || (facts.whole && !Number.isInteger(value))) {
      const said = typed.trim() ? `“${typed}”` : inWords("An empty box");
      show(kept, true);
      const told = { said, title: facts.title, shown };
      say(
        Number.isNaN(value)
          ? inWords("{said} is no number. {title} stays at {shown}.", told)
          : inWords("{said} is no whole number. {title} stays at {shown}.", told),
      );
      return;
    }
    const within = clamp(value, facts);
    move(within);
    show(within, true);
    const told = { typed: typed.trim(), title: facts.title, shown };
    say(within === value ? "" : inWords("{typed} is outside the range. {title} is set to {shown}.", told));
  }
  element.addEventListener("change", judge);
  element.addEventListener("keydown", (event) => {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") judge();
    if (!up || facts.base) return;
    // As in a browser's own box for numbers, which knows neither thousands nor words.
    event.preventDefault();
    judge();
    const next = clamp(Number((kept + up * facts.step).toPrecision(12)), facts);
    move(next);
    show(next, true);
  });
  element.addEventListener("focus", () => element.select());
  return { element, show, restore: () => show(kept, true) };
}

const DRAW = {
  range(given) {
    const { facts } = given;
    const log = facts.base && Math.log(facts.base);
    const handle = log
      ? rail({
          ...given,
          from: facts.from,
          to: facts.to,
          step: facts.step,
          place: (value) => Math.log(value) / log,
          // Equal factors end at round numbers, so that what is read is what counts; powers of a whole
          // number are round as they are, and the ends stay where they are.
          read(power) {
            if (power <= facts.from) return facts.low;
            if (power >= facts.to) return facts.high;
            const value = facts.base ** power;
            return clamp(facts.snap ? Number(value.toPrecision(facts.snap)) : value, facts);
          },
        })
      : rail({
          ...given,
          from: facts.low,
          to: facts.high,
          step: facts.step,
          place: (value) => value,
          read: (value) => clamp(value, facts),
        });
    const typed = box({ ...given, title: `${given.title}, typed` });
    // One stop of the Tab key a control: whoever types a number on the rail is in its box, until Enter or Escape.
    typed.element.tabIndex = -1;
    let came = false;
    handle.element.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
      if (ctrlKey || metaKey || altKey || !/^([\d.+-]|Enter)$/.test(key)) return;
      typed.element.focus();
      came = true;
    });
    typed.element.addEventListener("blur", () => (came = false));
    typed.element.addEventListener("keydown", (event) => {
      if (!came || !/^(Enter|Escape)$/.test(event.key)) return;
      // Not also what Escape is for the page.
      event.stopPropagation();
      if (event.key === "Escape") typed.restore();
      handle.element.focus();
    });
    const show = (state, force) => {
      handle.show(state);
      typed.show(state, force);
    };
    return { elements: [handle.element, typed.element], show };
  },

  box(given) {
    const { element, show } = box(given);
    return { elements: [element], show };
  },

  stops(given) {
    const { facts, move } = given;
    const last = facts.options.length - 1;
    const handle = rail({ ...given, from: 0, to: last, step: 1, place: (i) => i, read: (i) => i, move });
    const label = create("span", { className: "explorer-stop", ariaHidden: "true" });
    const show = (state) => {
      handle.show(state);
      label.textContent = textOf(facts, state);
    };
    return { elements: [handle.element, label], show };
  },

  select({ facts, move, title }) {
    const element = create("select", {}, facts.options.map((option) => new Option(shownOf(option))));
    element.setAttribute("aria-label", title);
    element.addEventListener("change", () => move(element.selectedIndex));
    return { elements: [element], show: (state) => (element.selectedIndex = state) };
  },

  radio({ facts, move, title }) {
    drawn += 1;
    const buttons = facts.options.map(([label], index) => {
      const button = create("input", { type: "radio", name: `explorer-radio-${drawn}`, value: label });
      button.addEventListener("change", () => button.checked && move(index));
      return button;
    });
    const labels = facts.options.map((option, i) => create("label", {}, [buttons[i], ` ${shownOf(option)}`]));
    const element = create("span", { className: "explorer-radios", role: "radiogroup" }, labels);
    element.setAttribute("aria-label", title);
    return {
      elements: [element],
      show: (state) => buttons.forEach((button, index) => (button.checked = index === state)),
    };
  },

  check({ move, title }) {
    const element = create("input", { type: "checkbox" });
    element.setAttribute("aria-label", title);
    element.addEventListener("change", () => move(element.checked));
    return { elements: [element], show: (state) => (element.checked = state) };
  },
};

/**
 * Draw the control that `facts` describe into `slot`. `move` hears what a reader sets, `say` the words
 * about what was refused. What comes back shows a state, by force also in a box that is being typed in.
 */
export function drawControl(facts, slot, { move, say }) {
  const { elements, show } = DRAW[facts.kind]({ facts, move, say, title: parted(facts.title)[0] });
  slot.replaceChildren(...elements);
  slot.parentElement.dataset.kind = facts.kind;
  for (const field of slot.querySelectorAll("input, select")) field.disabled = facts.disabled;
  return show;
}

/** The state that shows a value, or the option of that label; throws where there is none. */
export function stateOf(facts, value, now) {
  const { name, options, kind, whole, low, high } = facts;
  const refuse = (rule) => {
    throw new RangeError(`${name} must ${rule}. Got ${value}.`);
  };
  if (options) {
    // Several options may have one value: the one that is chosen stays.
    if (options[now]?.[1] === value) return now;
    const found = [1, 0].map((part) => options.findIndex((option) => option[part] === value));
    const index = found.find((place) => place >= 0);
    return index ?? refuse(`be the value of one of: ${options.map(([label]) => label).join(", ")}`);
  }
  const kindOfValue = kind === "check" ? "boolean" : "number";
  if (typeof value !== kindOfValue || Number.isNaN(value)) refuse(`be a ${kindOfValue}`);
  if (whole && !Number.isInteger(value)) refuse("be a whole number");
  if (low !== undefined && !(value >= low && value <= high)) refuse(`lie within ${low} to ${high}`);
  return value;
}

/** What the model is given in a state. */
export const valueIn = (facts, state) => (facts.options ? facts.options[state][1] : state);
