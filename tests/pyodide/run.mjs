// Prints what tests/wasm.py finds in Pyodide. Named packages are fetched from where Pyodide keeps its own, and
// from the Python Package Index; with none, nothing is.
import { join } from "node:path";
import { loadPyodide } from "pyodide";

const PROJECT = "/project";
const pyodide = await loadPyodide();
const { FS } = pyodide;
FS.mkdirTree(PROJECT);
FS.mount(FS.filesystems.NODEFS, { root: join(import.meta.dirname, "../..") }, PROJECT);
const packages = process.argv.slice(2);
if (packages.length) {
  await pyodide.loadPackage("micropip", { messageCallback: console.error });
  await pyodide.pyimport("micropip").install(pyodide.toPy(packages));
}
console.log(pyodide.runPython(`
import sys
sys.dont_write_bytecode = True
sys.path[:0] = ["${PROJECT}", "${PROJECT}/tests"]
import wasm
wasm.said()
`));
