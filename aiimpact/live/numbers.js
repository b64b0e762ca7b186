// Numbers as readers type and see them: shared by explorers and questions.

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
// The last group has three digits and the first no nought in front, or it is a decimal comma: 1,200
// and 1,20,000 but neither 0,5 nor 0,500.
const GROUPED = /^([-+]?[1-9]\d{0,2}(?:,\d{2,3})*,\d{3})(?![\d,])/;
// Between groups of three digits, a space belongs to one number; else it stands between two.
const APART = /\d[\s_'’]+(?!\d{3}(?!\d))\d/;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

// Making one takes longer than using it a hundred times.
const formats = {};

/** A few significant digits, as `markup.number` writes them. */
export function format(value, digits) {
  if (typeof value === "string") return value;
  if (value == null || !Number.isFinite(value)) return "–";
  // `|| 0` turns -0 into 0; boxes and axes write a minus too, not a hyphen.
  formats[digits] ??= new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits });
  return formats[digits].format(value || 0).replace("-", "−");
}

/** What somebody typed, as a number; NaN where it is none, or could be two. */
export function parse(typed) {
  const plain = typed
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (power) =>
      "^" + [...power].map((sign) => "0123456789-"[SUPERSCRIPTS.indexOf(sign)]).join(""))
    .normalize("NFKC")
    .replace(/[−–]/g, "-");
  const joined = plain
    .replace(/[\s_'’]/g, "")
    .replace(/[×xX*·⋅]10\^/, "e")
    .replace(/^([-+]?)10\^/, "$11e")
    .replace(GROUPED, (grouped) => grouped.replaceAll(",", ""));
  const value = NUMBER.test(joined) && !APART.test(plain) ? Number(joined) : NaN;
  return Number.isFinite(value) ? value : NaN;
}
