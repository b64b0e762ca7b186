// The last step of a build: what needs all pages at once. `node finish.js <folder of pages>`
//
// One style sheet, with what a page uses of the theme's, stands in it, and the first paint waits for nothing.
// Files that no page asks for go. A page that is finished is left as it is while styles and scripts are what they were.
// Editions in other languages lie in folders of their own, finished already.
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";

const root = resolve(process.argv[2]);
const LINK = /<link(?=[^>]*rel="stylesheet")[^>]*href="([^"?]+)[^"]*"[^>]*>\s*/g;
const STYLE = /<style id="book-style" data-sheets="([^"]*)">[\s\S]*?<\/style>/;
const UNUSED = ["**/*.map", "scripts", "clipboard*.js", "copybutton*.js", "togglebutton.js", "vendor", "locales", "*-macros.html"];
// Set while a page is in use, beside what its scripts name; the script in a page sets its colours, and a parser adds the body of a table.
const WHILE_IN_USE = [/^kind-/, /^highlighted$/];
const SET = ["light", "dark", "auto"].map((word) => `<html data-theme="${word}" data-mode="${word}">`).join("") + "<dialog open><tbody>";

const pages = globSync("**/*.html", { cwd: root }).filter((page) => !/^(_static|zh-[\w-]+)\//.test(page)).sort();
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

for (const pattern of UNUSED)
  for (const found of globSync(pattern, { cwd: join(root, "_static") })) rmSync(join(root, "_static", found), { recursive: true });
// Scripts of Sphinx's extensions come as they were written. Its texts in another language bring a rule for plurals, which would
// be made a function, as the policy lets no script do.
const TRANSLATIONS = /^Documentation\.addTranslations\((.*)\);?\s*$/s;
for (const script of globSync("_static/*.js", { cwd: root })) {
  const path = join(root, script);
  const text = readFileSync(path, "utf8");
  const safe = text.replace(TRANSLATIONS, "Object.assign(Documentation.TRANSLATIONS,$1.messages);");
  const { code } = await transform(safe, { minifyWhitespace: true, minifySyntax: true, legalComments: "inline" });
  if (code.length < text.length) writeFileSync(path, code);
}

const looks = createHash("sha256").update(readFileSync(import.meta.filename));
for (const file of globSync("_static/{.,aiimpact,styles}/*.{js,css}", { cwd: root }).sort()) looks.update(readFileSync(join(root, file)));
const known = join(root, "../finished.txt");
const look = looks.digest("hex");
const same = existsSync(known) && readFileSync(known, "utf8") === look;
const unfinished = new Map([...texts].filter(([, text]) => !(same && STYLE.test(text))));

// One page that is new may share its sheet in the archive with others: that sheet is written from all.
const pool = unfinished.size ? texts : unfinished;

const sheets = new Map();
for (const [page, text] of pool) for (const sheet of sheetsOf(page, text)) sheets.set(sheet, null);

const isOurs = (sheet) => existsSync(join(import.meta.dirname, "../static", basename(sheet))) || /^_static\/aiimpact\//.test(sheet);

/** What a page's markup says of itself: a word of the text is no class. */
function marks(page) {
  const attributes = { names: new Set(), values: new Set() };
  const [tags, classes, ids] = [new Set(), new Set(), new Set()];
  for (const [, tag, written] of page.matchAll(/<([a-z][\w-]*)((?:\s+[^\s=>]+(?:="[^"]*"|='[^']*')?)*)/gi)) {
    tags.add(tag.toLowerCase());
    for (const [, name, value = ""] of written.matchAll(/\s([^\s=>]+)(?:=["']([^"']*))?/g)) {
      attributes.names.add(name);
      attributes.values.add(value);
      if (name === "id") ids.add(value);
      if (name === "class") for (const word of value.split(/\s+/)) classes.add(word);
    }
  }
  const list = (set) => [...set];
  return { attributes: { names: list(attributes.names), values: list(attributes.values) }, tags: list(tags), classes: list(classes), ids: list(ids), undetermined: [] };
}

/** Sheets of others with what some content has of them. */
async function purge(css, content) {
  const found = await new PurgeCSS().purge({
    content,
    extractors: [{ extensions: ["html"], extractor: marks }],
    css: css.map((raw) => ({ raw })),
    safelist: { standard: WHILE_IN_USE },
    keyframes: true,
    fontFace: true,
  });
  return found.map(({ css: used }) => used);
}
async function minify(css, sheet) {
  const { code } = await transform(css, { loader: "css", minify: true });
  // Drawings of the theme are named from its folder; a page has another.
  if (/url\((?!"?data:|#|"?#)/.test(code)) throw new Error(`${sheet} names a file: ${code.match(/url\([^)]*\)/)[0]}`);
  // Signs of a font that is not there would be empty boxes; licences stand in the files themselves.
  return code.replace(/[^{}]+{[^{}]*content:"\\f[0-9a-f]{3}"[^{}]*}/g, "").replace(/\/\*![\s\S]*?\*\//g, "").trim();
}

const scripts = new Map(globSync("_static/{aiimpact,.}/*.js", { cwd: root }).map((script) => [basename(script), readFileSync(join(root, script), "utf8")]));
const bare = (text) => ({ raw: SET + text.replace(STYLE, "").replace(LINK, ""), extension: "html" });
const everything = [...[...pool.values()].map(bare), { raw: [...scripts].map(([name, text]) => (/vega|widgets/.test(name) ? "" : text)).join("\n"), extension: "js" }];
for (const sheet of sheets.keys()) {
  const css = (await whole(sheet)).replace(/@font-face\s*{[^}]*Font Awesome[^}]*}/g, "");
  // First what no page has, then, page by page, what this one has not.
  sheets.set(sheet, await minify(isOurs(sheet) ? css : (await purge([css], everything))[0], sheet));
}

/** Style without the variables that neither it nor anything else on the page asks for. */
function asked(css, others) {
  const used = new Set([...(css + others).matchAll(/var\(\s*(--[\w-]+)|"(--[\w-]+)"/g)].map(([, name, said]) => name ?? said));
  const kept = css.replace(/([{;])(--[\w-]+):(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=}))/g, (all, before, name) => (used.has(name) ? all : before));
  return kept.length < css.length ? asked(kept, others) : css;
}

/** The style of a page: ours whole, of others' what stands in the page or in its scripts. */
async function styleOf(text, names) {
  const named = [...text.matchAll(/<script[^>]+src="([^"?]+)/g)].map(([, src]) => scripts.get(basename(src)) ?? "");
  const foreign = names.filter((name) => !isOurs(name));
  const purged = await purge(foreign.map((name) => sheets.get(name)), [bare(text), { raw: named.join("\n"), extension: "js" }]);
  const own = new Map(foreign.map((name, i) => [name, purged[i]]));
  const joined = await minify(names.map((name) => own.get(name) ?? sheets.get(name)).join("\n"), names.join(" "));
  return minify(asked(joined, bare(text).raw + named.join("")), names.join(" "));
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
      .replace(/(<span data-weight="all"(?: data-said="([^"]*)")?>)[^<]*/, (_, tag, said = ", and {weight} with its explorers") =>
        tag + (later ? said.replace("{weight}", kilobytes(first + later)) : ""),
      );
  return fill(gzipSync(fill(100_000), { level: 6 }).length + others);
}

for (const [page, text] of unfinished) {
  const names = sheetsOf(page, text);
  if (!names.length) continue;
  const style = `<style id="book-style" data-sheets="${names.join(" ")}">${await styleOf(text, names)}</style>`;
  let placed = STYLE.test(text);
  const finished = placed
    ? text.replace(STYLE, () => style)
    : text.replace(LINK, () => (placed ? "" : ((placed = true), style + "\n")));
  const weighed = withWeights(page, finished);
  if (weighed !== text) writeFileSync(join(root, page), weighed);
}

// An archive would hold a style for each page: there all pages with the same sheets have one (book/pack.py).
const groups = Map.groupBy([...texts].filter(([page, text]) => sheetsOf(page, text).length), ([page, text]) => sheetsOf(page, text).join(" "));
for (const [names, members] of groups) {
  if (!members.some(([page]) => unfinished.has(page))) continue;
  const path = join(root, "_static/sheets", `${createHash("sha256").update(names).digest("hex").slice(0, 8)}.css`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await styleOf(members.map(([, text]) => bare(text).raw).join("\n"), names.split(" ")));
}

// Of the theme's images, such as logos of services that a button might open, those that no page shows.
for (const image of globSync("_static/images/*", { cwd: root }))
  if (![...texts.values()].some((text) => text.includes(image))) rmSync(join(root, image));

const style = pages.map((page) => readFileSync(join(root, page), "utf8").match(STYLE)?.[0].length ?? 0);
console.log(`${pages.length} pages have up to ${Math.round(Math.max(...style) / 1000)} kB of style each.`);
writeFileSync(known, look);
