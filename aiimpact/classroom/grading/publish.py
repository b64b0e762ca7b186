"""A repository for students: their editions of the exercises, and nothing that was ever a solution.

nbgitpuller and Binder clone a repository with all that its history holds, other branches too. So it
is no branch of this project, but a repository of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import nbformat

from aiimpact.classroom.grading import editions
from aiimpact.classroom.speech import here, later
from aiimpact.words import say, speaking

BRANCH = "main"
FOLDER = "exercises"
"""What the repository is called in a student's home."""

_SOLUTION = "### BEGIN SOLUTION"
_ENVIRONMENT = """\
# What Binder builds: the library comes along as a file, for no index has it.
name: exercises
channels: [conda-forge]
dependencies:
  - python=3.12
  - pip
  - pip:
      - ./{wheel}[live]
"""
_README = """\
# {title}

{text}
"""
_TEXT = later(
    "One notebook for each chapter, without solutions. This repository is written by\n"
    "`python -m aiimpact.classroom publish`: what is changed here by hand is overwritten."
)


def publish(
    out: Path, *, where: Path | None = None, wheel: Path | None = None, language: str = "en"
) -> bool:
    """Write the repository, or bring it up to date with one more commit.

    Parameters
    ----------
    out : pathlib.Path
        Its folder: a new one, or that of the last time.
    where : pathlib.Path, optional
        Where the exercises are; see :func:`aiimpact.classroom.grading.editions.folder`.
    wheel : pathlib.Path, optional
        The library as a wheel. With it Binder can build the repository.
    language : str
        Of the notebooks: one of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    bool
        Whether anything was new.

    Raises
    ------
    ValueError
        If the folder holds something else, or has a solution in its history.
    """
    sources = editions.exercises(where, language)
    _require_fit(out)
    out.mkdir(parents=True, exist_ok=True)
    if not (out / ".git").exists():
        _git(out, "init", "--quiet", f"--initial-branch={BRANCH}")
    with speaking(language):
        files = {"README.md": _README.format(title=say("Exercises"), text=here(_TEXT))}
    for name, source in sources.items():
        nbformat.write(editions.released(source), out / f"{name}.ipynb")
    if wheel:
        for old in out.glob("*.whl"):
            old.unlink()
        shutil.copyfile(wheel, out / wheel.name)
        files["environment.yml"] = _ENVIRONMENT.format(wheel=wheel.name)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    _git(out, "add", "--all")
    if not _git(out, "status", "--porcelain"):
        return False
    _git(out, *_committer(out), "commit", "--quiet", "--message=The exercises, for students")
    return True


def link(hub: str, repository: str, notebook: str) -> str:
    """Write the link on which a student of a hub gets the exercises, by nbgitpuller.

    Parameters
    ----------
    hub : str
        Address of the hub.
    repository : str
        Address of the repository that was published: never that of this project.
    notebook : str
        The notebook that it opens.

    Returns
    -------
    str
        The link.

    Examples
    --------
    >>> link("https://hub.example.org/", "https://git.example.org/class", "05_policy.ipynb")
    'https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgit.example.org%2Fclass&branch=main&targetpath=exercises&urlpath=lab%2Ftree%2Fexercises%2F05_policy.ipynb'
    """
    asked = {
        "repo": repository,
        "branch": BRANCH,
        "targetpath": FOLDER,
        "urlpath": f"lab/tree/{FOLDER}/{notebook}",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"


def _require_fit(out: Path) -> None:
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / ".git").exists():
        msg = f"{out} is no repository, and there is something in it. Give a new folder."
        raise ValueError(msg)
    if _git(out, "log", "--all", "--oneline", f"-S{_SOLUTION}"):
        msg = (
            f"The history of {out} holds solutions, and whoever clones it has them. "
            "Give a new folder, and make the students' repository of that."
        )
        raise ValueError(msg)


def _committer(out: Path) -> list[str]:
    """Give a name to commit by, where git knows none."""
    known = subprocess.run(["git", "-C", out, "config", "user.email"], capture_output=True)
    if known.returncode == 0 or os.environ.get("GIT_AUTHOR_EMAIL"):
        return []
    return ["-c", "user.name=exercises", "-c", "user.email=exercises@localhost"]


def _git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, encoding="utf-8")
    if ran.returncode:
        msg = f"git {arguments[0]} did not work in {folder}: {ran.stderr.strip()}"
        raise RuntimeError(msg)
    return ran.stdout
