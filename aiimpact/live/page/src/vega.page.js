// The part of Vega that charts of numbers need: no maps, word clouds, networks or data loaders.
// Expressions are interpreted, not compiled: a page's policy lets no script be made from text.
import { transforms } from "vega-dataflow";
import * as encode from "vega-encode";
import { parse } from "vega-parser";
import { Marks } from "vega-scenegraph";
import * as transform from "vega-transforms";
import { View } from "vega-view";
import * as viewTransform from "vega-view-transforms";

import { expressions as expr, program } from "./arithmetic.js";
import { QuietScale } from "./quiet.js";
import { rememberedSymbol } from "./symbols.js";

Object.assign(transforms, transform, viewTransform, encode, { scale: QuietScale });
Marks.symbol = rememberedSymbol;

// Signals that a model is made of: its outputs, and the parts that several of them share.
const OF_MODEL = /^[opr]\d/;
const NAMES = /\b[opr]\d+(?:_\w+)?\b/g;

/**
 * Make what a specification says: `run`, its model, from the values of its inputs to those of all its
 * signals, and `view`, its chart, in an element. The model runs by itself, in one pass, where Vega would
 * ask each signal whether it changed (and take -0 for 0); the chart is told what it names. It is drawn
 * when it is first run.
 */
export function draw({ signals, ...spec }, element) {
  const model = signals.filter(({ name, update }) => update !== undefined && OF_MODEL.test(name));
  const others = signals.filter((signal) => !model.includes(signal));
  const named = new Set(JSON.stringify([spec, others]).match(NAMES));
  const told = model.map(({ name }) => name).filter((name) => named.has(name));
  const chart = { ...spec, signals: [...others, ...told.map((name) => ({ name, value: null }))] };
  const view = new View(parse(chart, null, { ast: true }), { expr, renderer: "svg", hover: false });
  const compute = program(model);
  const run = (inputs) => {
    const values = compute(inputs);
    for (const [name, value] of Object.entries(inputs)) view.signal(name, value);
    for (const name of told) view.signal(name, values.get(name));
    return values;
  };
  return { view: view.initialize(element), run };
}

// Whoever waits for Vega, in a notebook say, looks here.
Object.assign((globalThis.aiimpact ??= {}), { draw, program });
