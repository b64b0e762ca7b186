// The last step of a build: what needs all pages at once. `node finish.js <folder of pages>`
//
// One style sheet, with what the pages use of the theme's, stands in each page (recipe: 107 kB
// gzipped become 20, and the first paint waits for nothing). Files that no page asks for go.
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";

const root = resolve(process.argv[2]);
const LINK = /<link(?=[^>]*rel="stylesheet")[^>]*href="([^"?]+)[^"]*"[^>]*>\s*/g;
const STYLE = /<style id="book-style" data-sheets="([^"]*)">[\s\S]*?<\/style>/;
const UNUSED = ["**/*.map", "scripts/fontawesome.js*", "vendor", "locales", "*-macros.html"];
// Set by scripts of the theme while a page is in use.
const WHILE_IN_USE = [
  /^(show|showing|collapsing|fade|active|tooltip|bs-tooltip|dropdown|scrolled|hide|noprint|copybtn|success|toggle|o-tooltip)/,
  /^tooltip-/, /^dropdown-menu/, /^pst-/, /^search/, /^highlighted$/, /^kind-/, /data-(bs-|theme|mode|popper)/,
];

const pages = globSync("**/*.html", { cwd: root }).filter((page) => !page.startsWith("_static")).sort();
const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), "utf8")]));

/** The style sheets of a page, as paths below the root; of a finished page, those that it had. */
function sheetsOf(page, text) {
  const done = text.match(STYLE);
  if (done) return done[1].split(" ");
  return [...text.matchAll(LINK)].map(([, href]) => relative(root, resolve(root, dirname(page), href)));
}

/** A style sheet with what it imports; fonts are named and not read. */
async function whole(sheet) {
  const entryPoints = [join(root, sheet)];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, external: ["*.woff2", "*.ttf"], loader: { ".png": "dataurl" } });
  return outputFiles[0].text;
}

const sheets = new Map();
for (const [page, text] of texts) for (const sheet of sheetsOf(page, text)) sheets.set(sheet, null);

// Scripts of Sphinx's extensions come as they were written.
for (const script of globSync("_static/*.js", { cwd: root })) {
  const path = join(root, script);
  const text = readFileSync(path, "utf8");
  const { code } = await transform(text, { minifyWhitespace: true, minifySyntax: true, legalComments: "inline" });
  if (code.length < text.length) writeFileSync(path, code);
}

// The theme lets the keyboard into what scrolls. It asked each piece of code for its size, folded away
// or not, and wrote an attribute before it asked the next: each time the page was laid out anew, together
// a quarter of a second on a phone. Now all are asked first, and what is folded when it unfolds.
const THEME = join(root, "_static/scripts/pydata-sphinx-theme.js");
const IN_TURN = /document(\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\))\.forEach\((\w)=>{\2\.tabIndex=([^{}?]*)\?0:-1}\)(},(\w)=\w\(\w,300\);)/;
const AT_ONCE = "[...document$1].filter($2=>$2.checkVisibility()).map($2=>[$2,$3?0:-1]).forEach(([$2,i])=>{$2.tabIndex!==i&&($2.tabIndex=i)})$4";
const theme = readFileSync(THEME, "utf8");
if (IN_TURN.test(theme)) writeFileSync(THEME, theme.replace(IN_TURN, `${AT_ONCE}document.addEventListener("toggle",$5,!0);`));
else if (!theme.includes('document.addEventListener("toggle",')) throw new Error("The theme looks for what scrolls in another way: see IN_TURN in finish.js.");

const content = [
  ...[...texts].map(([, text]) => ({ raw: text.replace(STYLE, "").replace(LINK, ""), extension: "html" })),
  ...globSync("_static/{scripts,aiimpact,.}/*.js", { cwd: root })
    // Bootstrap's script names classes of all its parts; the two that the theme uses are named above.
    .filter((script) => !/fontawesome|bootstrap|vega\.js|widgets\.js/.test(script))
    .map((script) => ({ raw: readFileSync(join(root, script), "utf8"), extension: "js" })),
];
for (const sheet of sheets.keys()) {
  const css = (await whole(sheet)).replace(/@font-face\s*{[^}]*Font Awesome[^}]*}/g, "");
  const ours = existsSync(join(import.meta.dirname, "../static", basename(sheet))) || /^_static\/aiimpact\//.test(sheet);
  const [{ css: used }] = ours
    ? [{ css }]
    : await new PurgeCSS().purge({
        content,
        css: [{ raw: css }],
        safelist: { standard: WHILE_IN_USE, greedy: [/data-theme/, /data-mode/, /^dialog/] },
        variables: true,
        keyframes: true,
        fontFace: true,
      });
  const { code } = await transform(used, { loader: "css", minify: true });
  // Drawings of the theme are named from its folder; a page has another.
  if (/url\((?!"?data:|#|"?#)/.test(code)) throw new Error(`${sheet} names a file: ${code.match(/url\([^)]*\)/)[0]}`);
  // Signs of a font that is not there would be empty boxes; licences stand in the files themselves.
  sheets.set(sheet, code.replace(/[^{}]+{[^{}]*content:"\\f[0-9a-f]{3}"[^{}]*}/g, "").replace(/\/\*![\s\S]*?\*\//g, "").trim());
}

/** Bytes of a file as servers send it. */
const weights = new Map();
function weigh(path) {
  if (!weights.has(path)) weights.set(path, gzipSync(readFileSync(path), { level: 6 }).length);
  return weights.get(path);
}

/** Write into a page what it weighs: with all that it asks for at first, and with its explorers. */
function withWeights(page, text) {
  const here = (reference) => resolve(root, dirname(page), reference.split("?")[0]);
  const asked = text.matchAll(/<(?:script|img)[^>]+src="(?!data:)([^"]+)"|<link[^>]+rel="icon"[^>]+href="([^"]+)"/g);
  const others = [...asked].reduce((sum, [, file, icon]) => sum + weigh(here(file ?? icon)), 0);
  const wake = text.match(/<script(?=[^>]*data-state="([^"?]+))[^>]*src="([^"]*)wake\.js/);
  const machinery = wake ? ["runtime.js", "vega.js", wake[1]].map((file) => here(wake[2] + file)) : [];
  const later = machinery.reduce((sum, file) => sum + weigh(file), 0);
  const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
  const fill = (first) =>
    text
      .replace(/(<span data-weight="first">)[^<]*/, `$1${kilobytes(first)}`)
      .replace(/(<span data-weight="all">)[^<]*/, later ? `$1, and ${kilobytes(first + later)} with its explorers` : "$1");
  return fill(gzipSync(fill(100_000), { level: 6 }).length + others);
}

for (const [page, text] of texts) {
  const names = sheetsOf(page, text);
  if (!names.length) continue;
  const style = `<style id="book-style" data-sheets="${names.join(" ")}">${names.map((name) => sheets.get(name)).join("\n")}</style>`;
  let placed = STYLE.test(text);
  const finished = placed
    ? text.replace(STYLE, () => style)
    : text.replace(LINK, () => (placed ? "" : ((placed = true), style + "\n")));
  const weighed = withWeights(page, finished);
  if (weighed !== text) writeFileSync(join(root, page), weighed);
}

for (const pattern of UNUSED)
  for (const found of globSync(pattern, { cwd: join(root, "_static") })) rmSync(join(root, "_static", found), { recursive: true });
// Of the theme's images, such as logos of services that a button might open, those that no page shows.
for (const image of globSync("_static/images/*", { cwd: root }))
  if (![...texts.values()].some((text) => text.includes(image))) rmSync(join(root, image));

const style = [...sheets.values()].join("\n");
console.log(`${pages.length} pages share ${(gzipSync(style).length / 1000).toFixed(1)} kB of style (gzipped).`);
