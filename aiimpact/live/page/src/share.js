// An explorer's settings in the page's address, such as #footprint?pue=1.5&grid=Hydro. Options go by
// their labels, which say more than their values and outlive them.
import { addressOf } from "./address.js";
import { parse } from "./numbers.js";
import { say as inWords } from "./words.js";

const LONG = 30;
const clip = (text) => `“${text.length > LONG ? `${text.slice(0, LONG)}…` : text}”`;

/** The state of a control as an address says it. */
function write({ facts: { options, low, high }, state }) {
  if (options) return options[state][0];
  if (typeof state === "boolean") return state ? "yes" : "no";
  // 0.30000000000000004 is 0.3 to everybody, unless that lies outside.
  const short = Number(state.toPrecision(12));
  return short < low || short > high ? state : short;
}

/** What an address says, as a state that the control can show. */
function read({ options, low, high, title, whole, kind }, text) {
  if (options) {
    const index = options.findIndex(([label]) => label === text);
    if (index < 0) throw new RangeError(inWords("{text} is no choice of “{title}”", { text: clip(text), title }));
    return index;
  }
  if (kind === "check") {
    if (text !== "yes" && text !== "no")
      throw new RangeError(inWords("{text} is neither yes nor no, for “{title}”", { text: clip(text), title }));
    return text === "yes";
  }
  const number = parse(text.slice(0, 1000));
  const told = { text: clip(text), title, low, high };
  if (whole && !Number.isInteger(number)) throw new RangeError(inWords("{text} is no whole number, for “{title}”", told));
  if (Number.isNaN(number)) throw new RangeError(inWords("{text} is no number, for “{title}”", told));
  if (number < low || number > high)
    throw new RangeError(inWords("{text} is outside the range of “{title}”, {low} to {high}", told));
  return number;
}

/** Give an awake explorer its button, `open`, which sets what an address asks for, or says why not, and `changed`, which gives such settings where they are not the first ones. */
export function share(handle, root) {
  const { controls, start } = handle;
  const word = root.querySelector(".explorer-word");
  let said;
  const say = (text) => (word.textContent = said = text);
  // What was said is about the settings of that moment.
  root.addEventListener("explorer-moved", () => {
    if (said && word.textContent === said) say("");
  });

  const button = document.createElement("button");
  button.type = "button";
  button.className = "explorer-link";
  button.textContent = inWords("Link to this");
  const settings = () => String(new URLSearchParams(controls.map((control) => [control.facts.name, String(write(control))])));
  const first = settings();
  button.addEventListener("click", async () => {
    try {
      history.replaceState(history.state, "", addressOf(root.dataset.explorer, settings()));
    } catch {
      say(inWords("This frame has no address of its own that could lead here."));
      return;
    }
    const copied = await Promise.resolve(navigator.clipboard?.writeText(location.href)).then(
      () => Boolean(navigator.clipboard),
      () => false,
    );
    say(
      copied
        ? inWords("The page's address now leads to these settings. It is copied, too.")
        : inWords("The page's address now leads to these settings."),
    );
  });
  root.querySelector(".explorer-reset").after(button);

  async function open(query) {
    let states;
    try {
      states = [...new URLSearchParams(query)].map(([name, text]) => {
        const control = controls.find(({ facts }) => facts.name === name);
        if (!control) throw new RangeError(inWords("there is no control {name} here", { name: clip(name) }));
        return [control, read(control.facts, text)];
      });
    } catch (error) {
      say(inWords("The link's settings are left out: {reason}.", { reason: error.message }));
      return;
    }
    await start(states);
  }
  return { ...handle, open, changed: () => (settings() === first ? "" : settings()) };
}
