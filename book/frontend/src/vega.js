// The part of Vega that charts of numbers need: no maps, word clouds, networks or data loaders.
import { transforms } from "vega-dataflow";
import * as encode from "vega-encode";
import { parse } from "vega-parser";
import * as transform from "vega-transforms";
import { View } from "vega-view";
import * as viewTransform from "vega-view-transforms";

Object.assign(transforms, transform, viewTransform, encode);

export function draw(spec, element) {
  return new View(parse(spec), { renderer: "svg", hover: false }).initialize(element).runAsync();
}
