// Vega's interpreter walks through an expression at every call. A model's formulas, and the places of
// the marks they end in, are arithmetic and run thousands of times a step, so they are made into
// functions once; the rest is left to the library.
import { parseExpression } from "vega-expression";
import { expressionInterpreter } from "vega-interpreter";

const CONSTANTS = ["E", "LN2", "LN10", "PI"];
const FUNCTIONS = {
  isFinite: Number.isFinite,
  isNaN: Number.isNaN,
  isValid: (value) => value != null && !Number.isNaN(value),
};
for (const name of "abs acos asin atan atan2 ceil cos exp floor hypot log max min pow round sin sqrt tan".split(" "))
  FUNCTIONS[name] = Math[name];

const BINARY = {
  "+": (a, b) => (_, datum) => a(_, datum) + b(_, datum),
  "-": (a, b) => (_, datum) => a(_, datum) - b(_, datum),
  "*": (a, b) => (_, datum) => a(_, datum) * b(_, datum),
  "/": (a, b) => (_, datum) => a(_, datum) / b(_, datum),
  "%": (a, b) => (_, datum) => a(_, datum) % b(_, datum),
  "<": (a, b) => (_, datum) => a(_, datum) < b(_, datum),
  "<=": (a, b) => (_, datum) => a(_, datum) <= b(_, datum),
  ">": (a, b) => (_, datum) => a(_, datum) > b(_, datum),
  ">=": (a, b) => (_, datum) => a(_, datum) >= b(_, datum),
  "===": (a, b) => (_, datum) => a(_, datum) === b(_, datum),
  "!==": (a, b) => (_, datum) => a(_, datum) !== b(_, datum),
  "&&": (a, b) => (_, datum) => a(_, datum) && b(_, datum),
  "||": (a, b) => (_, datum) => a(_, datum) || b(_, datum),
};

const UNARY = {
  "+": (a) => (_, datum) => +a(_, datum),
  "-": (a) => (_, datum) => -a(_, datum),
  "!": (a) => (_, datum) => !a(_, datum),
};

const binary = ({ operator, left, right }) =>
  BINARY[operator]?.(functionOf(left), functionOf(right)) ?? leave();

const NODES = {
  Literal: ({ value, regex }) => (regex ? leave() : () => value),
  Identifier({ name }) {
    if (name === "datum") return (_, datum) => datum;
    if (name === "event" || name === "item") leave();
    if (CONSTANTS.includes(name)) return () => Math[name];
    const signal = `$${name}`;
    return (_) => _[signal];
  },
  MemberExpression({ object, property, computed }) {
    const field = computed ? property.value : property.name;
    if (object.name === "datum" && typeof field === "string") return (_, datum) => datum[field];
    if (!computed || object.name === "datum") leave();
    // A number of a series, by its place; or what is said instead of a name.
    const [series, place] = [functionOf(object), functionOf(property)];
    return (_, datum) => {
      const [found, at] = [series(_, datum), place(_, datum)];
      if (typeof at !== "string") return found[Number(at)];
      return Object.hasOwn(found, at) ? found[at] : undefined;
    };
  },
  ArrayExpression({ elements }) {
    const numbers = elements.map(functionOf);
    return (_, datum) => numbers.map((number) => number(_, datum));
  },
  UnaryExpression: ({ operator, argument }) =>
    UNARY[operator]?.(functionOf(argument)) ?? leave(),
  BinaryExpression: binary,
  LogicalExpression: binary,
  ConditionalExpression({ test, consequent, alternate }) {
    const [condition, a, b] = [test, consequent, alternate].map(functionOf);
    return (_, datum) => (condition(_, datum) ? a(_, datum) : b(_, datum));
  },
  CallExpression({ callee, arguments: given }) {
    if (callee.name === "_scale" && typeof given[0].value === "string") {
      const [scale, value] = [`%${given[0].value}`, functionOf(given[1])];
      return (_, datum) => _[scale](value(_, datum));
    }
    const apply = Object.hasOwn(FUNCTIONS, callee.name) ? FUNCTIONS[callee.name] : leave();
    const [a, b, ...more] = given.map(functionOf);
    if (more.length || !a) leave();
    return b ? (_, datum) => apply(a(_, datum), b(_, datum)) : (_, datum) => apply(a(_, datum));
  },
};

// Thrown often, and never seen: an Error would cost a stack each time.
const NOT_ARITHMETIC = {};

function leave() {
  throw NOT_ARITHMETIC;
}

function functionOf(node) {
  return (NODES[node.type] ?? leave)(node);
}

/** A function of signals and datum, or nothing where an expression is more than arithmetic. */
function arithmetic({ ast }) {
  try {
    return functionOf(ast);
  } catch (error) {
    if (error === NOT_ARITHMETIC) return undefined;
    throw error;
  }
}

/** A value that the page holds by a name, as one of Vega's signals: `$name`. */
class Values {
  get(name) {
    return this[`$${name}`];
  }
}

/**
 * Make a function of named expressions, each of which may name those before it: from the values of the
 * inputs to those of all. They are arithmetic, for a model is.
 */
export function program(signals) {
  const steps = signals.map(({ name, update }) => [`$${name}`, functionOf(parseExpression(update))]);
  return (inputs) => {
    const values = new Values();
    for (const [name, value] of Object.entries(inputs)) values[`$${name}`] = value;
    for (const [name, step] of steps) values[name] = step(values);
    return values;
  };
}

/** Set the channels of a mark, as the library does where two ends need not become a place and a size. */
function encoder({ marktype, channels }) {
  const band = marktype === "area" && channels.y && channels.y2 && !channels.x2;
  const ends = marktype !== "rule" && (channels.x2 || channels.y2) && !band;
  const set = Object.entries(channels).map(([name, channel]) => [name, arithmetic(channel)]);
  if (ends || channels.xc || channels.yc || set.some(([, quick]) => !quick)) return undefined;
  return (item, _) => {
    let changed = 0;
    for (const [name, quick] of set) {
      const value = quick(_, item.datum);
      if (item[name] === value) continue;
      item[name] = value;
      changed = 1;
    }
    if (band) item.height = item.y2 - item.y;
    return changed;
  };
}

export const expressions = {
  ...expressionInterpreter,
  operator: (context, expression) =>
    arithmetic(expression) ?? expressionInterpreter.operator(context, expression),
  encode: (context, marks) => encoder(marks) ?? expressionInterpreter.encode(context, marks),
  parameter(context, expression) {
    const quick = arithmetic(expression);
    return quick
      ? (datum, _) => quick(_, datum)
      : expressionInterpreter.parameter(context, expression);
  },
};
