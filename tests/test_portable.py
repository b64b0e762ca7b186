"""On systems that we have not: no Unix, no UTF-8, no symbolic links, and lines that end otherwise."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import built
import pytest
import yaml

from aiimpact.classroom.grading import processes

ROOT = built.ROOT
UNIX = ("fcntl", "grp", "pwd", "resource", "termios")
# What a student, a reader or an author imports, and what knows of the sandbox: only to close it takes Unix.
# What imports nbgrader is not here, for that asks for one of these itself where it takes the system for Unix.
IMPORTED = [
    "aiimpact",
    "aiimpact.tables",
    "aiimpact.claims",
    "aiimpact.cite",
    "aiimpact.live",
    "aiimpact.live.save",
    "aiimpact.live.sphinx",
    "aiimpact.ask",
    "aiimpact.ask.bank",
    "aiimpact.classroom",
    "aiimpact.classroom.numbers",
    "aiimpact.classroom.checks",
    "aiimpact.classroom.__main__",
    "aiimpact.classroom.grading.sandbox",
    "aiimpact.classroom.grading.door",
    "aiimpact.classroom.grading.exams",
]
# As on a Windows of the West before UTF-8: the narrowest encoding that there is.
NARROW = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


def run(code: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_without_the_modules_of_unix_all_but_the_sandbox_is_imported():
    code = f"import sys\nfor name in {UNIX}: sys.modules[name] = None\n"
    code += "".join(f"import {name}\n" for name in IMPORTED)
    done = run(code)
    assert done.returncode == 0, done.stderr


def test_where_there_are_no_users_the_exchange_says_so():
    pytest.importorskip("nbgrader", reason="a teacher's machine has it, a student's need not")
    code = (
        "import nbgrader.exchange.default, sys\n"
        "sys.platform = 'win32'\n"
        "import aiimpact.classroom.grading.exchange"
    )
    assert "needs users and owners of files as Linux has them" in run(code).stderr


def test_an_encoding_that_knows_no_chinese_stops_nobody(tmp_path):
    """Every text is read and written as UTF-8, and what a pipe cannot say is spelt."""
    code = (
        "from pathlib import Path\n"
        "from aiimpact import claims, tables, words\n"
        "from aiimpact.live import explore\n"
        "words.use('zh-Hans')\n"
        "len(tables.grids()), len(tables.constants()), claims\n"
        "page = explore(lambda x: {'\\u4e8c': 2 * x}, name='e', title='\\u80fd\\u8017', x=(0, 4))\n"
        f"page.save({str(tmp_path / 'one.html')!r})\n"
        "from aiimpact.classroom.__main__ import main\n"
        "assert main(['numbers', '--language', 'zh-Hans', '01', 's101']) == 0\n"
    )
    done = run(code, **NARROW)
    assert done.returncode == 0, done.stderr
    assert "\\u" in done.stdout
    assert "能耗" in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_no_text_of_a_program_is_read_in_the_encoding_of_the_system():
    """Ruff sees to files (PLW1514); of what a program says it knows nothing."""
    for folder in ("aiimpact", "book", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if {"node_modules", "_build"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(getattr(node, "func", None), "attr", "")
                if name not in ("run", "Popen", "check_output"):
                    continue
                words = {k.arg for k in node.keywords}
                assert not words & {"text", "universal_newlines"} or "encoding" in words, (
                    f"{path.name}:{node.lineno}: write encoding='utf-8' in place of text=True."
                )


def test_git_gives_every_system_the_same_lines():
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so there is nothing that Git would check out")
    said = subprocess.run(
        ["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    wrong = [line for line in said.splitlines() if not re.match(r"i/(lf|none|-text)\s", line)]
    assert wrong == []
    texts = [line for line in said.splitlines() if line.startswith("i/lf")]
    assert [line for line in texts if "attr/text=auto eol=lf" not in line] == []


def test_no_path_is_one_that_windows_refuses():
    """Nor two that it takes for one: it does not tell capitals from small letters."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so there is nothing that Git would check out")
    said = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    paths = [path for path in said.split("\0") if path]
    reserved = re.compile(
        r"(?i)(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?(/|$)|[<>:\"\\|?*]|[. ](/|$)"
    )
    assert [path for path in paths if reserved.search(path) or len(path) > 120] == []
    assert len({path.casefold() for path in paths}) == len(paths)


def test_where_no_python_becomes_another_one_starts_it_and_waits(tmp_path, monkeypatch):
    """On Windows the one that is watched has to stay, and to pass on what is said."""
    desk = "print(input() + ' at ' + __import__('os').environ['AIIMPACT_SANDBOX']); raise SystemExit(3)"
    spec = {
        "level": "none",
        "folder": str(tmp_path),
        "environment": {
            "PYTHONPATH": str(ROOT),
            **{k: os.environ[k] for k in ("SYSTEMROOT",) if k in os.environ},
        },
        "python": [sys.executable, "-c", desk],
    }
    code = (
        "import subprocess, sys\n"
        "from aiimpact.classroom.grading import door\n"
        "sys.platform = 'win32'\n"
        f"door.enter({spec!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="sits\n",
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "sits at none\n"), done.stderr


def test_on_windows_a_process_ends_with_all_that_it_has_started(monkeypatch):
    ran = []
    monkeypatch.setattr(processes.sys, "platform", "win32")
    monkeypatch.setattr(processes.subprocess, "run", lambda command, **_: ran.append(command))
    processes.end(4711)
    processes.end(4711, itself=False)
    assert ran == [["taskkill", "/T", "/F", "/PID", "4711"]]


def test_a_tree_without_links_is_copied_and_kept_up_to_date(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book")
    from editions import tree

    source, target = tmp_path / "from", tmp_path / "to"
    (source / "node_modules").mkdir(parents=True)
    (source / "a.txt").write_text("old", encoding="utf-8")

    def refused(*_: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    for text in ("old", "new"):
        (source / "a.txt").write_text(text, encoding="utf-8")
        tree._link(source, target)
        assert (target / "a.txt").read_text(encoding="utf-8") == text
    assert not (target / "node_modules").exists()


# Where make is not

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "systems.yml").read_text("utf-8"))


def plain(command: str) -> str:
    """Take from a line of the Makefile what only a shell of Unix needs."""
    command = re.sub(r"\$\(BIN\)/(?=python)|\$\(BIN\)/(?=pytest)", "", command.strip())
    command = re.sub(r'^PATH="[^"]*" ', "", command)
    command = re.sub(r"\$\(PYTHON\)|^python3", "python", command)
    for name, value in re.findall(r"^(\w+) *:?\??= *(.*)$", MAKEFILE, flags=re.MULTILINE):
        command = command.replace(f"$({name})", value)
    # What may be given to make.
    command = re.sub(r" \$\(\w+\)$", "", command)
    command = re.sub(r"^(pytest|ruff|mypy)\b", r"python -m \1", command)
    # How many at a time, in which order, and what is said at the end, is anybody's choice.
    command = re.sub(r" (-n 2|--no-loadscope-reorder|--dist \w+|--durations \d+)", "", command)
    return re.sub(r" (--quiet|--silent|--disable-pip-version-check)\b", "", command)


def without_make() -> list[str]:
    """Give the commands of the section for Windows in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^## Windows, without make\n.*?```\w*\n(.*?)```", text, re.M | re.S)
    return [line.split("  #")[0].strip() for line in block.splitlines()]


def test_the_commands_without_make_are_those_of_the_makefile():
    steps = {plain(part) for line in MAKEFILE.splitlines() for part in re.split(r" && |\|\|", line)}
    given = without_make()
    assert len(given) > 5
    for command in given:
        # A shell's own: to enter the environment, or a folder.
        if "activate" in command.casefold():
            continue
        assert plain(command) in steps, (
            f"The Makefile has no `{command}`: say there and here the same."
        )


def test_the_runners_of_windows_and_mac_run_those_commands():
    run_there = "\n".join(step.get("run", "") for step in WORKFLOW["jobs"]["systems"]["steps"])
    for command in without_make():
        if not command.startswith(("python -m venv", ".venv", "python book/serve.py")):
            assert command.removeprefix("$ ") in run_there, command
