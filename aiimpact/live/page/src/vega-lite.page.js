// Vega-Lite, for explorers whose Python has no vl-convert: Python in the page.
import { compile } from "vega-lite";
import { Error as Grave, logger } from "vega-util";

// As in vl-convert, what it would rather have otherwise is not said.
const quiet = { logger: logger(Grave) };
Object.assign((globalThis.aiimpact ??= {}), { compile: (chart) => compile(structuredClone(chart), quiet).spec });
