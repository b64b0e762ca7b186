// An explorer's settings in the page's address, such as #footprint?pue=1.5&grid=Hydro. Options go by
// their labels, which say more than their values and outlive them.
import { parse } from "../../../aiimpact/live/numbers.js";

const LONG = 30;
const clip = (text) => `“${text.length > LONG ? `${text.slice(0, LONG)}…` : text}”`;

/** The value of a control as an address says it. */
function write({ options, low, high, value }) {
  const now = value();
  if (options) return options.find((option) => option[1] === now)[0];
  if (typeof now === "boolean") return now ? "yes" : "no";
  if (typeof now === "string") return now;
  // 0.30000000000000004 is 0.3 to everybody, unless that lies outside.
  const short = Number(now.toPrecision(12));
  return short < low || short > high ? now : short;
}

/** What an address says, as a value that the control can show. */
function read({ options, low, high, title, whole, value }, text) {
  const kind = typeof value();
  if (options) {
    const found = options.find(([label]) => label === text);
    if (!found) throw new RangeError(`${clip(text)} is no choice of “${title}”`);
    return found[1];
  }
  if (kind === "string") return text;
  if (kind === "boolean") {
    if (text !== "yes" && text !== "no")
      throw new RangeError(`${clip(text)} is neither yes nor no, for “${title}”`);
    return text === "yes";
  }
  const number = parse(text.slice(0, 1000));
  if (Number.isNaN(number) || (whole && !Number.isInteger(number)))
    throw new RangeError(`${clip(text)} is no ${whole ? "whole " : ""}number, for “${title}”`);
  if (number < low || number > high)
    throw new RangeError(`${clip(text)} is outside the range of “${title}”, ${low} to ${high}`);
  return number;
}

/** Give an awake explorer its button, and `open`, which sets what an address asks for, or says why not. */
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
  button.textContent = "Link to this";
  button.addEventListener("click", async () => {
    const settings = new URLSearchParams(controls.map((control) => [control.name, write(control)]));
    history.replaceState(history.state, "", `#${root.dataset.explorer}?${settings}`);
    const copied = await Promise.resolve(navigator.clipboard?.writeText(location.href)).then(
      () => Boolean(navigator.clipboard),
      () => false,
    );
    say(`The page's address now leads to these settings${copied ? ". It is copied, too" : ""}.`);
  });
  root.querySelector(".explorer-reset").before(button);

  async function open(query) {
    let settings;
    try {
      settings = [...new URLSearchParams(query)].map(([name, text]) => {
        const control = controls.find((one) => one.name === name);
        if (!control) throw new RangeError(`there is no control ${clip(name)} here`);
        return [name, read(control, text)];
      });
    } catch (error) {
      say(`The link's settings are left out: ${error.message}.`);
      return;
    }
    await start(Object.fromEntries(settings));
  }
  return { ...handle, open };
}
