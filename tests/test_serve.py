"""`make serve`: builds what is missing and no more, and finds a port."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.request

import built
import pytest

ROOT = built.ROOT


@pytest.fixture(scope="module")
def build():
    return built._load(ROOT / "book" / "build.py")


@pytest.fixture(scope="module")
def serve():
    return built._load(ROOT / "book" / "serve.py")


@pytest.fixture
def book(build, tmp_path, monkeypatch):
    """Sources of a book, and its pages as if they had just been built."""
    monkeypatch.setenv("EDITIONS", "en")
    for name in ("chapters/01.ipynb", "book/intro.md", "aiimpact/data/grids.csv", "_toc.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "_build/html").mkdir(parents=True)
    (tmp_path / "_build/html/index.html").touch()
    (tmp_path / "_build/jupyter_execute").mkdir()
    note = {"editions": build.wanted(), "sources": build.fingerprint(tmp_path)}
    (tmp_path / "_build/built.json").write_text(json.dumps(note))
    return tmp_path


def test_nothing_is_missing_when_nothing_changed(build, book):
    assert build.missing(book) == ""
    (book / "aiimpact/data/grids.csv").touch()
    for made in (
        "aiimpact/__pycache__",
        "chapters/.ipynb_checkpoints",
        "book/frontend/node_modules",
    ):
        (book / made).mkdir(parents=True)
        (book / made / "made").write_text("anew")
    assert build.missing(book) == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "aiimpact/data/grids.csv").write_text("another"),
        lambda root: (root / "_toc.yml").write_text("another"),
        lambda root: (root / "chapters/01.ipynb").unlink(),
        lambda root: (root / "chapters/07.ipynb").write_text(""),
        lambda root: (root / "book/intro.md").rename(root / "book/first.md"),
    ],
)
def test_a_change_is_seen(build, book, change):
    change(book)
    assert build.missing(book) == "The book's sources have changed."


def test_where_the_book_will_stand_is_a_source_too(build, book, monkeypatch):
    monkeypatch.setenv("BOOK_ADDRESS", "https://example.org/book/")
    assert build.missing(book) == "The book's sources have changed."
    read = {
        name
        for path in (ROOT / "book").glob("_ext/*.py")
        for name in re.findall(r"""environ(?:\.get\(|\[)["'](\w+)""", path.read_text("utf-8"))
    }
    assert "BOOK_ADDRESS" in read
    # What the build itself sets is none.
    assert read - {"AIIMPACT_SOURCES", "EDITIONS"} == set(build.VARIABLES)


def test_a_book_that_is_built_is_not_built_again(build, monkeypatch, capsys):
    monkeypatch.setenv("EDITIONS", "en")
    monkeypatch.setattr(build, "missing", lambda: "")
    monkeypatch.setattr(build, "write", lambda editions: 1)
    assert build.main() == 0
    assert "Delete that folder to build it again" in capsys.readouterr().out


def test_an_edition_or_the_whole_book_is_missing(build, book, monkeypatch):
    monkeypatch.setenv("EDITIONS", "en")
    assert build.missing(book) == ""
    monkeypatch.setenv("EDITIONS", "en zh-Hans zh-Hant-HK")
    assert build.missing(book) == "The book has no edition zh-Hans, zh-Hant-HK yet."
    (book / "_build/html/index.html").unlink()
    assert build.missing(book) == "There is no book yet."


def test_what_somebody_deleted_is_missing(build, book, monkeypatch):
    monkeypatch.setenv("EDITIONS", "en zh-Hans zh-Hant-HK")
    note = {"editions": build.wanted(), "sources": build.fingerprint(book)}
    (book / "_build/built.json").write_text(json.dumps(note))
    for edition in ("zh-Hans", "zh-Hant-HK"):
        (book / "_build/html" / edition).mkdir()
        (book / "_build/html" / edition / "index.html").touch()
    assert build.missing(book) == ""
    (book / "_build/html/zh-Hant-HK/index.html").unlink()
    assert build.missing(book) == "The book has no edition zh-Hant-HK yet."
    monkeypatch.setenv("EDITIONS", "en")
    assert build.missing(book) == ""
    (book / "_build/jupyter_execute").rmdir()
    assert build.missing(book) == "There is no book yet."


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", ["en"]),
        ("en", ["en"]),
        (" EN ", ["en"]),
        ("zh-Hans", ["en", "zh-Hans", "zh-Hant-HK"]),
        ("zh_hant_hk", ["en", "zh-Hans", "zh-Hant-HK"]),
        ("en zh-Hans zh-Hant-HK", ["en", "zh-Hans", "zh-Hant-HK"]),
    ],
)
def test_editions_stand_together_or_english_alone(build, monkeypatch, said, meant):
    monkeypatch.setenv("EDITIONS", said)
    assert build.wanted() == meant


@pytest.mark.parametrize(
    ("said", "hint"), [("fr", "Choose one of en, zh-Hans"), ("en zh", ""), ("all", "")]
)
def test_an_edition_that_there_is_not_is_named_before_anything_is_built(
    build, monkeypatch, said, hint
):
    monkeypatch.setenv("EDITIONS", said)
    with pytest.raises(SystemExit) as error:
        build.main()
    assert repr(said) in str(error.value)
    assert hint in str(error.value)


class Builder:
    def __init__(self, why, fails=0):
        self.why, self.fails, self.built = why, fails, 0

    def missing(self):
        return self.why

    def main(self):
        self.built += 1
        return self.fails


@pytest.mark.parametrize(("why", "built"), [("", 0), ("There is no book yet.", 1)])
def test_it_builds_what_is_missing_and_no_more(serve, monkeypatch, capsys, why, built):
    monkeypatch.setitem(sys.modules, "build", builder := Builder(why))
    serve.make_current()
    assert builder.built == built
    assert why in capsys.readouterr().out


def test_a_book_that_cannot_be_built_is_not_served(serve, monkeypatch):
    monkeypatch.setitem(sys.modules, "build", Builder("There is no book yet.", fails=1))
    with pytest.raises(SystemExit, match="The book was not built"):
        serve.make_current()


def test_a_taken_port_is_named_and_the_next_one_serves(serve, tmp_path, capsys):
    (tmp_path / "index.html").write_text("here")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with serve.free_server(tmp_path, port) as serving:
            assert serving.server_port > port
            assert f"Port {port} is taken by another program." in capsys.readouterr().out
            threading.Thread(target=serving.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{serving.server_port}/"
            with urllib.request.urlopen(address) as answer:
                assert answer.read() == b"here"
            serving.shutdown()


@pytest.mark.parametrize("given", ["eight", "80", "-1", "70000", ""])
def test_what_is_no_port_is_told_what_one_is(serve, given):
    with pytest.raises(SystemExit, match="A port is a number from 1024 to 65000, got"):
        serve.asked_port([given])
    assert (serve.asked_port([]), serve.asked_port(["9000"])) == (8000, 9000)


def test_a_kernel_says_nothing_of_its_own(build, tmp_path):
    build.write_profile(tmp_path)
    code = (
        "import nbclient, nbformat.v4 as nb\n"
        "notebook = nb.new_notebook(cells=[nb.new_code_cell('print(6 * 7)')])\n"
        "nbclient.execute(notebook)\n"
        "print(notebook.cells[0].outputs[0].text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"IPYTHONDIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("42", "")
