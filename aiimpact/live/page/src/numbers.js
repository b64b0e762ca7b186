// Numbers as readers type and see them: shared by explorers and questions. What is read, and the words
// for it, are those of `typed.py`.

import WORDS from "../../numerals.json" with { type: "json" };

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
// The last group has three digits and the first no nought in front, or it is a decimal comma: 1,200
// and 1,20,000 but neither 0,5 nor 0,500.
const GROUPED = /^([-+]?[1-9]\d{0,2}(?:,\d{2,3})*,\d{3})(?![\d,])/;
// Between groups of three digits, a space belongs to one number; else it stands between two.
const APART = /\d[\s_'’]+(?!\d{3}(?!\d))\d/;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
const either = (words) => words.map((word) => word.replace(".", "\\.")).join("|");
// What nobody sees comes with a copy: soft hyphens, marks of direction. Those that turn digits round are not among them.
const UNSEEN = new RegExp(`[${WORDS.unseen}]`, "g");
// What Chinese keyboards write for signs, and what Hong Kong writes otherwise.
const SIGN = new RegExp(`[${Object.keys(WORDS.signs).join("")}]`, "g");
// Chinese counts in words behind digits: 1.2万, 3千万, 1亿2000万. How many noughts each stands for.
const NOUGHTS = WORDS.noughts;
const COUNT = /([\d.]+)([十百千]?(?:万亿|[万亿])|[百千])/g;
const COUNTED = new RegExp(`^([-+]?)((?:${COUNT.source})+)$`);
const ALIKE = new RegExp(`[${Object.keys(WORDS.alike).join("")}]`, "g");
const ABOUT = new RegExp(`^(?:${either(WORDS.about)})\\s*`, "i");
const OR_SO = new RegExp(`\\s*(?:${either(WORDS["or so"])})$`);
const DIGIT = `[${WORDS.digits.slice(1)}]`;
const SECTION = new RegExp(`^(?:(${DIGIT})千)?(?:零?(${DIGIT})百)?(?:零?((${DIGIT}?)十))?(?:(零)?(${DIGIT}))?$`);
const POINT = new RegExp(`^(.+)点([${WORDS.digits}]+)([十百千]?(?:万亿|[万亿])|[百千])?$`);
// Digit by digit, as a year is said. Two alone are a guess: five or six.
const SAID = new RegExp(`^(?:[${WORDS.digits}]{3,}|[${WORDS.digits}]+零[${WORDS.digits}]*|零)$`);
// Hong Kong leaves 之 out, between words.
const PART = new RegExp(`^(-?)(?:(.+)分之|([${WORDS.digits}十百]+)分(?!之))(.+)$`);
const LARGE = [
  { word: "亿", size: 1e8 },
  { word: "万", size: 1e4 },
];
// No number in words is longer.
const LONGEST = 40;
// The digits of a value that falls between the steps of its control.
const BETWEEN = 10;

/**
 * Digits of a number, rounded half up as `number` in Python does: on the shortest decimal, for 1.005
 * is a half to a reader and less than one to a computer. (Making an Intl.NumberFormat takes 40 ms.)
 * `keep` says how many, from where the number's own exponent is known.
 */
function rounded(value, keep) {
  const [mantissa, power] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  let exponent = Number(power);
  const kept = Math.max(0, keep(exponent));
  if (kept >= digits.length) return { digits, exponent };
  const up = digits[kept] >= "5" ? 1n : 0n;
  const whole = (BigInt(digits.slice(0, kept) || 0) + up).toString();
  if (whole.length > kept) exponent += 1;
  return { digits: whole === "0" ? "0" : whole, exponent };
}

/** Write digits out, without an exponent. */
function plain({ digits, exponent }, commas, decimals = 0) {
  const point = exponent + 1;
  const all = point > 0 ? digits.padEnd(point, "0") : "0".repeat(1 - point) + digits;
  const whole = all.slice(0, Math.max(point, 1));
  const rest = all.slice(Math.max(point, 1)).replace(/0+$/, "").padEnd(decimals, "0");
  return (commas ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole) + (rest && `.${rest}`);
}

const sign = (value, text) => (value < 0 && /[1-9]/.test(text) ? `−${text}` : text);

/** A few significant digits, as `number` in Python writes them. */
export function format(value, digits) {
  if (typeof value === "string") return value;
  if (value == null || !Number.isFinite(value)) return "–";
  return sign(value, plain(rounded(value, () => digits), true));
}

const close = (a, b) => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
const read = (text) => Number(text.replaceAll(",", "").replace("−", "-"));

/** The value of a control, as `written` in Python: in its own format, or in more digits than that. */
export function written(value, { decimals, digits = 3, commas = true }) {
  if (decimals !== undefined) {
    const text = sign(value, plain(rounded(value, (exponent) => exponent + 1 + decimals), commas, decimals));
    if (close(read(text), value)) return text;
    digits = BETWEEN;
  }
  let text = format(value, digits);
  if (!close(read(text), value)) text = format(value, Math.max(digits, BETWEEN));
  return commas ? text : text.replaceAll(",", "");
}

/** What somebody typed, in the letters and signs that are read here. */
export const plainly = (typed) =>
  typed
    .replace(UNSEEN, "")
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (power) =>
      "^" + [...power].map((sign) => "0123456789-"[SUPERSCRIPTS.indexOf(sign)]).join(""))
    .normalize("NFKC")
    .replace(SIGN, (sign) => WORDS.signs[sign]);

/** Whoever writes about 500 means 500. */
export const precisely = (typed) => typed.trim().replace(ABOUT, "").replace(OR_SO, "");

/** A number with Chinese words for its noughts. Each part must fit into the noughts of the one before. */
function counted(text) {
  const [, sign, all] = COUNTED.exec(text) ?? [];
  if (!all) return NaN;
  const parts = [...all.matchAll(COUNT)].map(([, digits, words]) => ({
    digits,
    noughts: [...words].reduce((sum, word) => sum + NOUGHTS[word], 0),
  }));
  const [first, ...rest] = parts;
  const whole = parts.every(({ digits }) => /^\d+$/.test(digits));
  const fits = rest.every(({ digits, noughts }, i) => Number(digits) * 10 ** noughts < 10 ** parts[i].noughts);
  if (!NUMBER.test(first.digits) || (rest.length && !(whole && fits))) return NaN;
  const value = parts.reduce((sum, { digits, noughts }) => sum + Number(`${digits}e${noughts}`), 0);
  return sign === "-" ? -value : value;
}

const inDigits = (text) => [...text].map((word) => WORDS.digits.indexOf(word)).join("");

/** A number below ten thousand in words. `short` lets 三千六 be 3,600. */
function section(text, short) {
  const [found, thousands, hundreds, ten, tens, nought, ones] = SECTION.exec(text) ?? [];
  if (!found) return NaN;
  const [k, h, t, o] = [thousands, hundreds, tens, ones].map((word) => (word ? WORDS.digits.indexOf(word) : 0));
  const above = 1000 * k + 100 * h + (ten ? 10 * (t || 1) : 0);
  if (!ones || nought || ten || !above) return above + o;
  return short ? above + o * (hundreds ? 10 : 100) : NaN;
}

/** A whole number in words. */
function whole(text, short) {
  for (const { word, size } of LARGE) {
    const at = text.lastIndexOf(word);
    if (at < 0) continue;
    const [high, rest] = [whole(text.slice(0, at), false), text.slice(at + 1)];
    const last = WORDS.digits.indexOf(rest);
    const low = !rest ? 0 : rest.length > 1 ? whole(rest, short) : short && last > 0 ? (last * size) / 10 : NaN;
    // 三亿五千 is 350 million to one and 300,005,000 to another.
    const clear = !low || size === 1e4 || rest[0] === "零" || low >= size / 10;
    return high >= 1 && high < size && low < size && clear ? high * size + low : NaN;
  }
  return SAID.test(text) ? Number(inDigits(text)) : section(text, short);
}

/** A number in Chinese words: 一百二十万, 一点二万, 三分之一, 一半. */
function inWords(text, short) {
  if (text.length > LONGEST) return NaN;
  const [, minus, said, brief, above] = PART.exec(text) ?? [];
  const below = said ?? brief;
  if (below) {
    const share = one(above, short) / one(below, short);
    return minus ? -share : share;
  }
  const plain = text.replace(ALIKE, (word) => WORDS.alike[word]);
  if (plain.startsWith("-")) return -inWords(plain.slice(1), short);
  if (plain === "半" || plain === "一半") return 0.5;
  const [, before, behind, noughts = ""] = POINT.exec(plain) ?? [];
  if (!before) return whole(plain, short);
  const power = [...noughts].reduce((sum, word) => sum + NOUGHTS[word], 0);
  return Number(`${whole(before, false)}.${inDigits(behind)}e${power}`);
}

function one(text, short) {
  if (NUMBER.test(text)) return Number(text);
  const value = counted(text);
  return Number.isNaN(value) ? inWords(text, short) : value;
}

/** What somebody typed, as a number; NaN where it is none, or could be two. */
export function parse(typed, { short = true } = {}) {
  const seen = precisely(plainly(typed));
  const joined = seen
    .replace(/[\s_'’]/g, "")
    .replace(/[×xX*·⋅]10\^/, "e")
    .replace(/^([-+]?)10\^/, "$11e")
    .replace(GROUPED, (grouped) => grouped.replaceAll(",", ""));
  if (APART.test(seen)) return NaN;
  const value = one(joined, short);
  return Number.isFinite(value) ? value : NaN;
}
