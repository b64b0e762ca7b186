// The part of Vega that charts of numbers need: no maps, word clouds, networks or data loaders.
// Expressions are interpreted, not compiled: a page's policy lets no script be made from text.
import { transforms } from "vega-dataflow";
import * as encode from "vega-encode";
import { parse } from "vega-parser";
import * as transform from "vega-transforms";
import { View } from "vega-view";
import * as viewTransform from "vega-view-transforms";

import { expressions as expr } from "./arithmetic.js";

Object.assign(transforms, transform, viewTransform, encode);

/** Make a view of a specification in an element. It is drawn when it is first run. */
export function draw(spec, element) {
  const runtime = parse(spec, null, { ast: true });
  return new View(runtime, { expr, renderer: "svg", hover: false }).initialize(element);
}

// Whoever waits for Vega, in a notebook say, looks here.
(globalThis.aiimpact ??= {}).draw = draw;
