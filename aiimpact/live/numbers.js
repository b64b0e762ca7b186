// Numbers as readers type and see them: shared by explorers and questions.

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
// The last group has three digits, or it is a decimal comma: 1,200 and 1,20,000 but not 0,5.
const GROUPED = /^([-+]?\d{1,3}(?:,\d{2,3})*,\d{3})(?![\d,])/;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

/** A few significant digits, as `markup.number` writes them. */
export function format(value, digits) {
  if (typeof value === "string") return value;
  if (value == null || !Number.isFinite(value)) return "–";
  // `|| 0` turns -0 into 0.
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits }).format(value || 0);
}

/** What somebody typed, as a number; NaN where it is none, or could be two. */
export function parse(typed) {
  const plain = typed
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (power) =>
      "^" + [...power].map((sign) => "0123456789-"[SUPERSCRIPTS.indexOf(sign)]).join(""))
    .normalize("NFKC")
    .replace(/[−–]/g, "-")
    .replace(/[\s_'’]/g, "")
    .replace(/[×x*·]10\^/, "e")
    .replace(/^10\^/, "1e")
    .replace(GROUPED, (grouped) => grouped.replaceAll(",", ""));
  const value = NUMBER.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(value) ? value : NaN;
}
