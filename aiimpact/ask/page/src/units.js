// Units as readers type them behind a number. A question knows its unit by its English name; who types
// Chinese writes 千瓦时 or 度 for kWh, in every edition.

import { parse, plainly } from "../../../live/page/src/numbers.js";

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
  const given = simple(typed);
  if (!unit) return parse(given);
  const text = unit === "%" ? given.replace(/^(-?)百分之(.+)$/, "$1$2%") : given;
  const bare = text.replace(behind(unit, shown), "");
  const [first, ...rest] = unit.split(" ");
  const noughts = THOUSANDS[first];
  if (!noughts || bare !== text) return parse(bare);
  const whole = rest.length ? text.replace(behind(rest.join(" "), ""), "") : text;
  return /[百千万亿]$/.test(whole) ? parse(whole) / 10 ** noughts : parse(text);
}
