// A verdict as a stamp, as `stamp.py` writes it: whether a ratio is one within its range, and else how wrong it is.
import { format } from "./numbers.js";
import { say } from "./words.js";

/** Write the verdict into the stamp, if there is one, and give its words. */
export function press(stamp, low, mid, high, digits) {
  const right = low <= 1 && 1 <= high;
  const factor = mid > 0 ? Math.max(mid, 1 / mid) : Infinity;
  const text = Number.isFinite(factor) ? format(factor, digits) : "";
  const wrong = text ? say("Wrong by a factor of {factor}", { factor: text }) : say("Wrong");
  const words = right ? say("Right") : wrong;
  if (stamp.textContent === words) return words;
  const [lead, tail] = words.split(text);
  const parts = [["small", lead.trimEnd()], ["b", text], ["small", tail ?? ""]].map(([name, part]) => {
    const element = document.createElement(name);
    element.textContent = part;
    return element;
  });
  const blank = /\s$/.test(lead) ? [" "] : [];
  stamp.replaceChildren(...(right || !text ? [words] : [parts[0], ...blank, parts[1], ...(tail ? [parts[2]] : [])]));
  stamp.classList.toggle("claim-stands", right);
  stamp.classList.toggle("claim-falls", !right);
  return words;
}
