import { build } from "esbuild";

await build({
  entryPoints: ["src/wake.js", "src/runtime.js", "src/ask.js"],
  outdir: "dist/runtime",
  bundle: true,
  minify: true,
  // A classic script also runs from disk, where browsers block modules.
  format: "iife",
  target: "es2022",
  alias: { "sanitize-html": "./src/sanitize.js" },
  legalComments: "linked",
  logLevel: "warning",
});
