"""The Sphinx extension in small projects, whose notebooks bring their outputs and the state of their widgets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import ipywidgets
import nbformat
import pytest
from ipywidgets.embed import dependency_state

from aiimpact.ask import ask
from aiimpact.live import Explorer, assets, explore
from aiimpact.live.sphinx import copy_front_end

STATE = "application/vnd.jupyter.widget-state+json"
RERUN = "Let the build run the notebook: nb_execution_mode = 'force'"


def double(name: str) -> Explorer:
    return explore(lambda x: {"Twice": 2 * x}, name=name, title="Double", x=(0, 10))


def write_notebook(path: Path, *shown: Any, state: bool = True, others: Any = ()) -> None:
    """Write a notebook that was run and saved: a cell for each widget, or bundle of outputs."""
    bundles = [s if isinstance(s, dict) else s._repr_mimebundle_() for s in shown]
    data = [bundle[0] if isinstance(bundle, tuple) else bundle for bundle in bundles]
    cells = [nbformat.v4.new_markdown_cell(f"# {path.stem}", id="title")]
    for number, bundle in enumerate(data):
        output = nbformat.v4.new_output("display_data", data=bundle)
        cells.append(nbformat.v4.new_code_cell("shown", outputs=[output], id=f"cell-{number}"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["language_info"] = {"name": "ipython", "pygments_lexer": "ipython3"}
    widgets = [s for s in shown if isinstance(s, ipywidgets.Widget)]
    if state and widgets:
        models = dependency_state([*widgets, *others], drop_defaults=False)
        whole = {"version_major": 2, "version_minor": 0, "state": models}
        notebook.metadata["widgets"] = {STATE: whole}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def write_project(folder: Path, **settings: Any) -> Path:
    folder.mkdir()
    all_settings = {"extensions": ["myst_nb", "aiimpact.live.sphinx"], "nb_execution_mode": "off"}
    lines = [f"{name} = {value!r}" for name, value in (all_settings | settings).items()]
    (folder / "conf.py").write_text("\n".join(lines))
    (folder / "index.md").write_text("# Home\n\n```{toctree}\n:glob:\n*\n```\n")
    return folder


def html(project: Path) -> Path:
    return project.with_name(f"{project.name}-html")


def run_sphinx(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build a project."""
    command = [sys.executable, "-m", "sphinx", "--no-color", *options, str(project)]
    return subprocess.run([*command, str(html(project))], capture_output=True, encoding="utf-8")


def warnings_of(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for page, text in re.findall(r"^(?:.*/)?(\S*?)(?:\.\w+)?: WARNING: (.*)$", done.stderr, re.M):
        found.setdefault(page, []).append(text)
    return found


def page_of(project: Path, name: str) -> str:
    return (html(project) / f"{name}.html").read_text(encoding="utf-8")


def ours(page: str) -> set[str]:
    """Give what a page asks for of ours, without what is after the question mark."""
    return set(re.findall(r'_static/((?:aiimpact|state)/[^"?]+)', page))


def widget_state(project: Path, page: str) -> dict[str, Any]:
    script = (html(project) / "_static" / "state" / f"{page}.widgets.js").read_text()
    return json.loads(script.removeprefix("globalThis.aiimpactWidgets = ").rstrip(";"))["state"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a page for each case."""
    folder = write_project(tmp_path_factory.mktemp("project") / "notes")
    write_notebook(folder / "part" / "one.ipynb", double("one"))
    (folder / "parts.md").write_text("# Parts\n\n```{toctree}\npart/one\n```\n")
    write_notebook(folder / "twins.ipynb", double("twin"), double("twin"))
    box = ipywidgets.VBox([double("again")])
    write_notebook(folder / "boxed.ipynb", double("again"), box)
    printed = ipywidgets.Output()
    question = ask("What is twice two?", name="two", answer=4.0)
    inside = ipywidgets.HBox([ipywidgets.IntSlider(), printed, question])
    write_notebook(folder / "strange.ipynb", inside)
    write_notebook(folder / "lost.ipynb", double("lost"), ipywidgets.IntSlider(), state=False)
    first, second = ipywidgets.IntSlider(value=1), ipywidgets.IntSlider(value=2)
    ipywidgets.jslink((first, "value"), (second, "value"))
    write_notebook(folder / "linked.ipynb", first, second)
    slider, alone = ipywidgets.FloatSlider(value=1.0), double("alone")
    ipywidgets.jslink((slider, "value"), (alone.controls["x"], "value"))
    write_notebook(folder / "half.ipynb", slider, alone, others=[alone.controls["x"]])
    write_notebook(folder / "week #1 50%.ipynb", double("odd"), ipywidgets.IntSlider())
    drawn = {"text/html": "<b>as markup</b>", "image/svg+xml": "<svg id='drawing'></svg>"}
    write_notebook(folder / "ranks.ipynb", drawn, double("ranked"))
    (folder / "prose.md").write_text("# Prose\n\nNo `class` of ours.\n")
    (folder / "card.md").write_text('# Card\n\n<div class="explorer claim">A claim.</div>\n')
    return folder


@pytest.fixture(scope="module")
def built(project: Path) -> subprocess.CompletedProcess[str]:
    done = run_sphinx(project, "-j", "2")
    assert done.returncode == 0, done.stderr
    return done


def test_it_warns_of_what_cannot_live_and_says_what_to_do(built):
    found = warnings_of(built)
    assert set(found) == {"twins", "boxed", "strange", "lost", "half"}
    assert found["twins"] == ["Two explorers are called 'twin'. Give each a name= of its own."]
    assert found["boxed"] == ["Two explorers are called 'again'. Give each a name= of its own."]
    kinds = [
        re.search(r"cannot show the widget (\S+)\. Take it out", w)[1] for w in found["strange"]
    ]
    assert set(kinds) == {"OutputModel", "aiimpact.ask.question.Question"}
    (half,) = found["half"]
    assert half.startswith("A widget is linked with one that the page does not show")
    explorer, widget = found["lost"]
    assert explorer.startswith("The explorer 'lost' cannot wake: its state is not in the notebook.")
    assert widget.startswith("A widget cannot be shown: its state is not in the notebook.")
    assert RERUN in explorer
    assert RERUN in widget


def test_under_strict_rules_a_warning_ends_the_build(tmp_path):
    folder = write_project(tmp_path / "strict")
    write_notebook(folder / "twins.ipynb", double("twin"), double("twin"))
    assert run_sphinx(folder, "-q", "-W").returncode != 0
    write_notebook(folder / "twins.ipynb", double("one"), double("other"))
    done = run_sphinx(folder, "-q", "-W")
    assert done.returncode == 0, done.stderr


def test_a_page_asks_for_what_it_shows(project, built):
    sheet = "aiimpact/explorer.css"
    widgets = {f"aiimpact/{name}" for name in ("widgets.js", "widgets.css")}
    assert ours(page_of(project, "index")) == ours(page_of(project, "prose")) == set()
    assert ours(page_of(project, "genindex")) == set()
    assert ours(page_of(project, "card")) == {sheet}
    live = {sheet, "aiimpact/wake.js"}
    assert ours(page_of(project, "part/one")) == live
    # Vega only where a box has an explorer in it.
    assert ours(page_of(project, "linked")) == widgets | {sheet, "state/linked.widgets.js"}
    boxed = {"aiimpact/vega.js", "state/boxed.widgets.js"}
    assert ours(page_of(project, "boxed")) == live | widgets | boxed
    for page in html(project).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "require.min.js" not in text
        assert 'type="application/vnd.jupyter.widget-state' not in text


def test_the_state_of_a_page_lies_where_its_script_looks(project, built):
    page = page_of(project, "part/one")
    (address,) = re.findall(r'data-state="([^"]+)"', page)
    script = (html(project) / "_static/aiimpact" / address.split("?")[0]).resolve()
    assert script == html(project) / "_static/state/part/one.js"
    text = script.read_text(encoding="utf-8")
    state = json.loads(text.removeprefix("globalThis.aiimpactState = ").rstrip(";"))
    assert list(state) == ["one"]
    assert state["one"]["i0"] == 5


def test_a_page_may_have_any_name(project, built):
    page = page_of(project, "week #1 50%")
    static = html(project) / "_static"
    (address,) = re.findall(r'data-state="\.\./([^"?]+)\?', page)
    (widgets,) = re.findall(r'src="_static/(state/[^"?]+)\?v=', page)
    for found in (address, widgets):
        assert unquote(found) == found
        assert "#" not in found
        assert (static / found).is_file()


def test_a_link_comes_with_the_widgets_that_it_links(project, built):
    models = widget_state(project, "linked")
    (link,) = (m["state"] for m in models.values() if m["model_name"] == "LinkModel")
    ends = [link[end][0].removeprefix("IPY_MODEL_") for end in ("source", "target")]
    assert [models[end]["state"]["value"] for end in ends] == [1, 2]
    views = re.findall(r'"model_id":"(\d+)"', page_of(project, "linked"))
    assert views == ends


def test_no_widget_carries_the_code_of_its_kind(project, built):
    for page in ("boxed", "strange"):
        for model in widget_state(project, page).values():
            assert not {"_esm", "_css"} & set(model["state"])
    assert "__esm" not in page_of(project, "lost")


def test_what_has_no_state_leaves_no_dead_script(project, built):
    assert "widget-view+json" not in page_of(project, "lost")
    assert 'data-explorer="lost"' in page_of(project, "lost")


def test_markup_comes_before_a_drawing_unless_the_author_says_otherwise(project, built, tmp_path):
    assert "as markup" in page_of(project, "ranks")
    folder = write_project(
        tmp_path / "own",
        nb_mime_priority_overrides=[("html", "text/html", 45), ("*", "text/plain", 46)],
    )
    (folder / "ranks.ipynb").write_bytes((project / "ranks.ipynb").read_bytes())
    done = run_sphinx(folder, "-q", "-W")
    assert done.returncode == 0, done.stderr
    page = page_of(folder, "ranks")
    assert "as markup" not in page
    assert 'data-explorer="ranked"' in page
    assert "aiimpact/wake.js" in ours(page)


def test_other_builders_choose_as_they_did(project, tmp_path):
    folder = write_project(tmp_path / "paper")
    bundle = {"text/html": "<table></table>", "text/latex": r"\begin{center}x\end{center}"}
    write_notebook(folder / "frame.ipynb", bundle, double("still"))
    done = run_sphinx(folder, "-q", "-W", "-b", "latex")
    assert done.returncode == 0, done.stderr
    (text,) = (path.read_text() for path in html(folder).glob("*.tex"))
    assert r"\begin{center}x\end{center}" in text
    assert "data-explorer" not in text
    assert "Twice" in text


def test_a_question_lives_in_a_box_where_its_extension_is(tmp_path):
    folder = write_project(tmp_path / "boxes", extensions=["myst_nb", "aiimpact.ask.sphinx"])
    first, second = (ask("Twice two?", name=name, answer=4.0) for name in ("first", "second"))
    write_notebook(folder / "one.ipynb", ipywidgets.VBox([first, double("boxed")]), second)
    done = run_sphinx(folder, "-q", "-W")
    assert done.returncode == 0, done.stderr
    page = page_of(folder, "one")
    scripts = re.findall(r'src="_static/(?:aiimpact|state)/([\w.]+)\?', page)
    # It brings what the manager asks it for.
    assert scripts.index("ask.js") < scripts.index("widgets.js")
    assert page.count('class="ask-all"') == 1
    twin = ask("Twice two?", name="second", answer=4.0)
    write_notebook(folder / "one.ipynb", ipywidgets.VBox([twin]), second)
    assert warnings_of(run_sphinx(folder)) == {
        "one": ["Two questions are called 'second'. Give each a name= of its own."]
    }


def test_scripts_that_an_author_names_for_plain_widgets_stay(tmp_path):
    own = {"https://example.org/manager.js": {"data-own": "yes"}}
    folder = write_project(tmp_path / "own", nb_ipywidgets_js=own)
    box = ipywidgets.VBox([double("boxed"), ipywidgets.IntSlider()])
    write_notebook(folder / "one.ipynb", double("by-itself"), box)
    done = run_sphinx(folder, "-W")
    assert done.returncode == 0, done.stderr
    assert "nb_ipywidgets_js is set, so its scripts show plain widgets" in done.stdout
    page = page_of(folder, "one")
    assert "https://example.org/manager.js" in page
    assert page.count('type="application/vnd.jupyter.widget-state+json"') == 1
    live = {f"aiimpact/{name}" for name in ("explorer.css", "wake.js", "vega.js")}
    assert ours(page) == live


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml"])
def test_explorers_are_there_in_other_kinds_of_html(tmp_path, builder):
    folder = write_project(tmp_path / builder)
    write_notebook(folder / "one.ipynb", double("one"))
    done = run_sphinx(folder, "-q", "-W", "-b", builder)
    assert done.returncode == 0, done.stderr
    page = page_of(folder, "one/index" if builder == "dirhtml" else "index")
    assert 'data-explorer="one"' in page
    assert "aiimpact/wake.js" in ours(page)


def test_a_notebook_is_read_again_when_what_it_watches_has_changed(tmp_path):
    folder = write_project(
        tmp_path / "watching",
        explorers_watch=["../lib/*.py", "*.csv"],
        suppress_warnings=["myst-nb.lexer"],
    )
    (tmp_path / "lib").mkdir()
    for name in ("lib/model.py", "watching/data.csv"):
        (tmp_path / name).write_text("x = 1\n")
    write_notebook(folder / "one.ipynb", double("one"))
    head = "---\nfile_format: mystnb\nkernelspec: {name: python3}\n---\n"
    (folder / "text.md").write_text(head + "# Text\n\n```{code-cell}\n1 + 1\n```\n")
    (folder / "prose.md").write_text("# Prose\n")
    changed = read_again(folder)
    assert changed() == (4, 0)
    assert changed() == (0, 0)
    for name in ("lib/model.py", "watching/data.csv"):
        (tmp_path / name).write_text("x = 2\n")
        assert changed() == (0, 2), name
    done = run_sphinx(folder, "-D", "explorers_watch=nothing/*.py")
    assert "explorers_watch has 'nothing/*.py', and there is no such file" in done.stderr


def read_again(folder: Path) -> Callable[[], tuple[int, int]]:
    """Give a function that builds, and tells how many pages are new and how many were read again."""

    def build() -> tuple[int, int]:
        done = run_sphinx(folder, "-W")
        assert done.returncode == 0, done.stderr
        added, changed = re.search(r"(\d+) added, (\d+) changed", done.stdout).groups()
        return int(added), int(changed)

    return build


def test_without_myst_nb_it_says_what_is_missing(tmp_path):
    folder = write_project(tmp_path / "bare", extensions=["aiimpact.live.sphinx"])
    (folder / "index.md").unlink()
    (folder / "index.rst").write_text("Home\n====\n")
    done = run_sphinx(folder, "-q")
    assert done.returncode == 0, done.stderr
    assert "needs MyST-NB to read notebooks: add 'myst_nb' to extensions" in done.stderr


def test_without_a_front_end_nothing_is_built(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "DIST", tmp_path / "dist")
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"explorer\.css is not built"):
        copy_front_end(app)
