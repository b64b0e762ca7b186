// Units as readers type them behind a number. A question knows its unit by its English name; who types
// Chinese writes 千瓦时 or 度 for kWh, in every edition.

import { parse, plainly, precisely } from "../../../live/page/src/numbers.js";

const PREFIXES = { p: "皮", n: "纳", μ: "微", m: "毫", k: "千", M: "兆|百万", G: "吉|十亿", T: "太|万亿" };
const MEASURES = { Wh: "瓦小?时", W: "瓦特?", J: "焦耳?", g: "公?克", t: "公?吨", L: "公?升", m: "米|公尺" };
const MEASURE = new RegExp(`^([${Object.keys(PREFIXES).join("")}]?)(${Object.keys(MEASURES).join("|")})$`);
const WORDS = {
  kWh: "度", kg: "公斤", km: "公里", m3: "立方(?:米|公尺)?", mile: "英里", miles: "英里", lb: "磅",
  CO2: "二氧化碳", CO2e: "(?:二氧化碳|CO2|碳)当量|二氧化碳", times: "倍",
  years: "年", months: "个?月", days: "天|日", hours: "个?小时", h: "小时", minutes: "分钟?", seconds: "秒", s: "秒",
  USD: "美[元金]", "US cents": "美分", HKD: "港[元币]", EUR: "欧元", GBP: "英镑", CNY: "元|人民币",
  thousand: "千", million: "百万", bn: "十亿", trillion: "万亿",
  people: "人", homes: "户", cars: "辆(?:汽?车)?", chips: "[个块颗枚片]?芯片|[块颗枚片]", letters: "个?字母",
  questions: "个?(?:问题|提问)|[个次]", answers: "[个次条]?(?:回答|答案|回复)|[个次条]",
  credits: "[个份]?(?:碳信用|额度)|[个份]",
};
// Units that count in thousands, for which Chinese has 万 and 亿: noughts.
const THOUSANDS = { thousand: 3, million: 6, bn: 9, trillion: 12 };
const TRADITIONAL = "時噸當個塊顆條輛戶問題覆歐鎊幣鐘納額";
const SIMPLIFIED = "时吨当个块颗条辆户问题复欧镑币钟纳额";
const OTHERWISE = new RegExp(`[${TRADITIONAL}]`, "g");

const simple = (text) =>
  plainly(text)
    .replaceAll("晶片", "芯片")
    .replace(OTHERWISE, (letter) => SIMPLIFIED[TRADITIONAL.indexOf(letter)])
    .replace(/\s+/g, " ")
    .trim();
const literally = (text) => text.replace(/[$()*+.?[\\\]^{|}/]/g, "\\$&").replaceAll(" ", " ?");

/** A pattern of one word of a unit, in English or in Chinese. */
function spelt(word) {
  const [, prefix, measure] = MEASURE.exec(word) ?? [];
  const named = measure && `(?:${PREFIXES[prefix] ?? ""})(?:${MEASURES[measure]})`;
  const written = literally(word).replace(/^([a-z]+)(\d)$/, "$1\\^?$2");
  const either = `(?:${[written, named, WORDS[word]].filter(Boolean).join("|")})`;
  // What the tonnes are of goes without saying.
  return /^CO2e?$/.test(word) ? `${either}?` : either;
}

/** A pattern of a unit at the end of what was typed; `shown` is the unit as it stands beside the box. */
function behind(unit, shown) {
  const joints = { " ": " ?", "/": " ?(?:\\/|每) ?" };
  const words = simple(unit).split(/([ /])/).map((part) => joints[part] ?? (part && spelt(part)));
  return new RegExp(` ?(?:${[literally(simple(shown)), words.join(""), WORDS[unit]].filter(Boolean).join("|")})$`);
}

/**
 * The number that somebody typed, with its unit behind it or without; NaN where it is none, or has another unit.
 * @param {string} typed
 * @param {string} unit
 * @param {string} [shown]
 */
export function amount(typed, unit, shown = unit) {
  if (!unit) return parse(simple(typed));
  const given = precisely(simple(typed));
  if (unit === "%") {
    const share = shareIn(given);
    if (!Number.isNaN(share)) return share;
  }
  const text = unit === "%" ? given.replace(/^(-?)百分之(.+)$/, "$1$2%") : given;
  const found = behind(unit, shown).exec(text);
  const bare = found ? text.slice(0, found.index) : text;
  const { noughts, base } = inThousands(unit);
  const inBase = () => parse(base ? text.replace(behind(base, ""), "") : text) / 10 ** noughts;
  if (found && noughts && /^ ?[十百千万亿]/.test(found[0]) && !/\d/.test(bare)) {
    // The noughts of 一千五百万吨 belong to the number: 15 Mt, and not 一千五 of them.
    const value = parse(bare, { short: false });
    return Number.isNaN(value) ? inBase() : value;
  }
  if (!(unit.split(" ")[0] in THOUSANDS) || found) return parse(bare);
  const whole = base ? text.replace(behind(base, ""), "") : text;
  return /[百千万亿]$/.test(whole) ? inBase() : parse(text);
}

/** Per cent as they are said: 三成, 七成五, 0.5‰, 千分之五, 三分之一, 一半; NaN for what is no such share. */
function shareIn(text) {
  if (text === "百分之百") return 100;
  const [, tenths, more] = /^([^成]+)成([^成]?)$/.exec(text) ?? [];
  if (tenths) return 10 * parse(tenths, { short: false }) + (more === "半" ? 5 : more ? parse(more) : 0);
  const [, minus, small, part] = /^(-?)([千万])分之(.+)$/.exec(text) ?? [];
  if (small) return (minus ? -1 : 1) * parse(part) / (small === "千" ? 10 : 100);
  if (/[‰‱]$/.test(text)) return parse(text.slice(0, -1)) / (text.endsWith("‰") ? 10 : 100);
  return /.分[之一二三四五六七八九十]|半$/.test(text) && !/^-?百分之/.test(text) ? 100 * parse(text) : NaN;
}

/** How many noughts a unit has in front, and what is left of it without them. */
function inThousands(unit) {
  const [first, ...rest] = unit.split(" ");
  if (THOUSANDS[first]) return { noughts: THOUSANDS[first], base: rest.join(" ") };
  const [, prefix, measure] = MEASURE.exec(first) ?? [];
  const noughts = { k: 3, M: 6, G: 9, T: 12 }[prefix];
  return noughts ? { noughts, base: [measure, ...rest].join(" ") } : { noughts: 0, base: unit };
}
