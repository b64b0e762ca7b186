// Builds the front ends of the folders it is given, this one by default: what the wheel carries.
// `x.page.js` becomes a script of a page, dist/x.js, and `x.widget.js` a module for notebooks. Written
// last of all, dist/LICENSES.txt says that everything is built: the licences of what is bundled.
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build, transform } from "esbuild";

// Charts of numbers need no maps, and their data come in no files: a few per cent less.
const without = {
  name: "without",
  setup(bundler) {
    bundler.onResolve({ filter: /^(d3-geo|d3-dsv|topojson-client)$/ }, ({ path }) => ({ path, namespace: "without" }));
    bundler.onLoad({ filter: /.*/, namespace: "without" }, () => ({ contents: "module.exports = {};" }));
  },
};

// Each scheme of colours is made by a call, which a bundler keeps unless it is told that nobody misses it: 5 kB.
const withoutSchemes = {
  name: "without-schemes",
  setup(bundler) {
    bundler.onLoad({ filter: /d3-scale-chromatic\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        /^var (\S+) = ((?:colors|ramp|interpolateCubehelixLong|new Array)\b[^;]*);/gm,
        "var $1 = /* @__PURE__ */ (() => $2)();",
      ),
    }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const shared = {
  bundle: true,
  minify: true,
  target: "es2022",
  // Licences stand in a file of their own.
  legalComments: "none",
  logLevel: "warning",
  // A page may have require.js, and what is bundled would give itself to that.
  define: { define: "undefined" },
  // Ours are plain texts: escaping all is smaller and stricter than a library that cleans HTML.
  alias: {
    "sanitize-html": join(import.meta.dirname, "src/sanitize.js"),
    // One package of Vega brings its own, a patch older.
    "d3-array": join(import.meta.dirname, "node_modules/d3-array"),
    // Vega-Lite asks for all of Vega, and takes three helpers: package.json, too, gives it those alone.
    vega: "vega-util",
  },
  plugins: [without, withoutSchemes],
  nodePaths: [join(import.meta.dirname, "node_modules")],
};

const packages = new Set();
// What a saved file takes along.
const packagesOfVega = new Set();

/** Remember whose code is in what was built. */
function note({ outputs }) {
  for (const [name, { inputs }] of Object.entries(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [folder] = path.match(/^.*\bnode_modules\/(@[^/]+\/)?[^/]+/) ?? [];
      if (!folder || !bytesInOutput) continue;
      packages.add(folder);
      if (basename(name) === "vega.js") packagesOfVega.add(folder);
    }
}

function license(folder, name) {
  const file = readdirSync(folder).find((file) => /^(licen[cs]e|copying)\b/i.test(file));
  if (file) return readFileSync(join(folder, file), "utf8").trim();
  const given = join(import.meta.dirname, "licenses", `${name.match(/[^@/]+/)[0]}.txt`);
  if (existsSync(given)) return readFileSync(given, "utf8").trim();
  throw new Error(`${name} is bundled and brings no licence with it. Put its text into ${given}.`);
}

/** List whose code it is: packages under one licence together, each with its copyright. */
function licenses(folders, first) {
  const byText = {};
  for (const folder of [...folders].sort()) {
    const { name, version, license: kind } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const whole = license(folder, name);
    /** @type {string[]} */
    const owners = whole.match(/^copyright .*$/gim) ?? [];
    const text = owners.reduce((rest, line) => rest.replace(`${line}\n`, ""), `${whole}\n`).trim();
    const byOwner = ((byText[text] ??= {})[owners.join("\n")] ??= []);
    byOwner.push(`${name} ${version} (${kind})`);
  }
  const parts = Object.entries(byText).map(([text, byOwner]) => {
    const whose = Object.entries(byOwner).map(([owners, names]) => [...names, owners].filter(Boolean).join("\n"));
    return `${whose.join("\n\n")}\n\n${text}\n`;
  });
  return [first, ...parts].join(`\n${"-".repeat(80)}\n\n`);
}

const folders = process.argv.length > 2 ? process.argv.slice(2) : [import.meta.dirname];
for (const folder of folders) {
  const [src, outdir] = ["src", "dist"].map((part) => resolve(folder, part));
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  // A classic script also runs from disk, where browsers block modules.
  for (const [kind, format] of /** @type {const} */ ([["page", "iife"], ["widget", "esm"]])) {
    const files = globSync(`*.${kind}.js`, { cwd: src });
    const entryPoints = files.map((file) => ({ in: join(src, file), out: basename(file, `.${kind}.js`) }));
    /** @type {Record<string, "text">} */
    const loader = format === "esm" ? { ".css": "text" } : {};
    const { metafile } = await build({ ...shared, metafile: true, format, entryPoints, outdir, loader });
    note(metafile);
  }
  const styles = globSync("*.css", { cwd: src }).map((style) => join(src, style));
  await build({ ...shared, entryPoints: styles, outdir });
}
// What the scripts say, for whoever translates it: the texts in `say("…")`, under whatever name it is imported.
const SAID = /\b(?:say|inWords)\(\s*("(?:[^"\\]|\\.)*")/g;
const said = folders.flatMap((folder) => globSync("src/*.js", { cwd: resolve(folder) }).sort().flatMap((file) =>
  [...readFileSync(join(resolve(folder), file), "utf8").matchAll(SAID)].map(([, text]) => JSON.parse(text))));
writeFileSync(join(resolve(folders[0]), "dist/words.json"), JSON.stringify([...new Set(said)].filter(Boolean), null, 1));
const sheet = readFileSync(join(import.meta.dirname, "src/explorer.css"), "utf8").split("/* From here on: ");
if (sheet.length !== 2) throw new Error("src/explorer.css says no more from where on a file of one explorer goes without it.");
const { code } = await transform(sheet[0], { loader: "css", minify: true });
writeFileSync(join(resolve(folders[0]), "dist/alone.css"), code);
const write = (file, ...given) => writeFileSync(join(resolve(folders[0]), "dist", file), licenses(...given));
write("VEGA-LICENSES.txt", packagesOfVega, "The script of this document holds code of these packages.\n");
write("LICENSES.txt", packages, "The scripts and styles beside this file hold code of these packages.\n");
