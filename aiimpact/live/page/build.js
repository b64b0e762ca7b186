// Builds the front ends of the folders it is given, this one by default: what the wheel carries.
// `x.page.js` becomes a script of a page, dist/x.js, and `x.widget.js` a module for notebooks.
import { copyFileSync, globSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";

// Charts of numbers need no maps, and their data come in no files: a few per cent less.
const without = {
  name: "without",
  setup(bundler) {
    bundler.onResolve({ filter: /^(d3-geo|d3-dsv|topojson-client)$/ }, ({ path }) => ({ path, namespace: "without" }));
    bundler.onLoad({ filter: /.*/, namespace: "without" }, () => ({ contents: "module.exports = {};" }));
  },
};

const shared = {
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  // Ours are plain texts: escaping all is smaller and stricter than a library that cleans HTML.
  alias: { "sanitize-html": join(import.meta.dirname, "src/sanitize.js") },
  plugins: [without],
  nodePaths: [join(import.meta.dirname, "node_modules")],
};

for (const folder of process.argv.length > 2 ? process.argv.slice(2) : [import.meta.dirname]) {
  const [src, outdir] = ["src", "dist"].map((part) => resolve(folder, part));
  mkdirSync(outdir, { recursive: true });
  // A classic script also runs from disk, where browsers block modules.
  for (const [kind, format] of [["page", "iife"], ["widget", "esm"]]) {
    const files = globSync(`*.${kind}.js`, { cwd: src });
    const entryPoints = files.map((file) => ({ in: join(src, file), out: basename(file, `.${kind}.js`) }));
    await build({ ...shared, format, entryPoints, outdir, loader: format === "esm" ? { ".css": "text" } : {} });
  }
  for (const style of globSync("*.css", { cwd: src })) copyFileSync(join(src, style), join(outdir, style));
}
