// A verdict as a stamp, as `stamp.py` writes it: whether a ratio is one within its range, and else how wrong it is.
import { format } from "./numbers.js";

const lead = "Wrong by a factor of";

/** Write the verdict into the stamp, if there is one, and give its words. */
export function press(stamp, low, mid, high, digits) {
  const right = low <= 1 && 1 <= high;
  const factor = mid > 0 ? Math.max(mid, 1 / mid) : Infinity;
  const text = Number.isFinite(factor) ? format(factor, digits) : "";
  const words = right ? "Right" : text ? `${lead} ${text}` : "Wrong";
  if (stamp.textContent === words) return words;
  const [small, large] = ["small", "b"].map((name) => document.createElement(name));
  small.textContent = lead;
  large.textContent = text;
  stamp.replaceChildren(...(right || !text ? [words] : [small, " ", large]));
  stamp.classList.toggle("claim-stands", right);
  stamp.classList.toggle("claim-falls", !right);
  return words;
}
