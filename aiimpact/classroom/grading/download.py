"""What was downloaded: a zip, a folder, zips in either. It is only read, within bounds, and no link is followed."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from aiimpact.classroom.grading.intake import LARGEST
from aiimpact.classroom.grading.layouts import Known
from aiimpact.words import say

MOST_FILES = 200_000
LARGEST_ARCHIVE = 200_000_000
"""A zip in a zip may be as large, and so much may come out of it. [bytes]"""
MOST_BYTES = 20_000_000_000
"""So much may come out of a whole download. [bytes]"""
LONGEST_PATH = 1_000
DEEPEST = 3

_BROKEN = (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a download.

    Parameters
    ----------
    path : str
        Where it lies, with slashes; a zip on the way counts as a folder.
    read : callable
        Gives what is in it, or raises :class:`UnreadableError`.
    packed : datetime.datetime, optional
        When it was changed last, as an archive says.
    problem : str
        Why it cannot be read; empty if it can.
    """

    path: str
    read: Callable[[], bytes]
    packed: datetime | None = None
    problem: str = ""


class UnreadableError(Exception):
    """A file cannot be read; the text says why."""


@dataclass(slots=True)
class Download:
    """A download that is open.

    Parameters
    ----------
    items : list of Item
        Everything that may be somebody's, in a fixed order.
    clones : list of str
        Folders that are clones.
    nobody : int
        How many files were left behind by systems and platforms.
    stamps : dict of str to str
        What `timestamp.txt` says, by folder.
    """

    items: list[Item] = field(default_factory=list)
    clones: list[str] = field(default_factory=list)
    nobody: int = 0
    stamps: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def opened(path: Path, known: Known) -> Iterator[Download]:
    """Open a download for reading.

    Parameters
    ----------
    path : pathlib.Path
        A zip or a folder.
    known : aiimpact.classroom.grading.layouts.Known
        Who is nobody.

    Yields
    ------
    Download
        Valid until the block is left.

    Raises
    ------
    ValueError
        If it is neither, or larger than anything that a class hands in.
    """
    with contextlib.ExitStack() as stack:
        reader = _Reader(known, stack)
        if path.is_dir():
            reader.folder(path)
        elif path.is_file():
            reader.outermost(path)
        else:
            msg = say("FROM must be a zip or a folder, and there is no {path}.", path=path)
            raise ValueError(msg)
        result = reader.result
        result.items.sort(key=lambda item: item.path)
        result.clones.sort()
        yield result


class _Reader:
    def __init__(self, known: Known, stack: contextlib.ExitStack) -> None:
        self.result = Download()
        self._known, self._stack = known, stack
        self._bytes = self._files = 0

    def folder(self, top: Path) -> None:
        for where, folders, files in os.walk(top):
            folders.sort()
            inside = Path(where).relative_to(top).as_posix().removeprefix(".")
            if ".git" in (*folders, *files):
                self.result.clones.append(inside)
                folders[:] = [name for name in folders if name != ".git"]
                self.result.nobody += 1
            for name in (*files, *(x for x in folders if Path(where, x).is_symlink())):
                self._file(Path(where, name), f"{inside}/{name}".lstrip("/"))

    def _file(self, path: Path, name: str) -> None:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        kind = path.lstat().st_mode
        problem = "" if stat.S_ISREG(kind) else say("it is no plain file")
        if stat.S_ISLNK(kind):
            problem = say("it is a link, not a file")

        def read(most: int = LARGEST) -> bytes:
            # Not through a link that has come there meanwhile.
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(path, flags), "rb") as file:
                return file.read(most + 1)

        self._add(shown, read, None, problem, 1)

    def outermost(self, path: Path) -> None:
        try:
            archive = self._stack.enter_context(zipfile.ZipFile(path))
        except _BROKEN as error:
            msg = say(
                "{path} is no zip that can be read ({why}). Download it again, or unpack it and give the folder.",
                path=path,
                why=error,
            )
            raise ValueError(msg) from None
        self._entries(archive, "", 1)

    def _entries(self, archive: zipfile.ZipFile, inside: str, depth: int) -> None:
        for info in archive.infolist():
            name = _name(info)
            if info.is_dir() or name.endswith("/"):
                if name.rstrip("/").endswith("/.git"):
                    self.result.clones.append(f"{inside}{name.rstrip('/').removesuffix('/.git')}")
                self._count()
                continue
            path = f"{inside}{name}"
            head, git, _ = path.partition("/.git/")
            if git and head not in self.result.clones:
                self.result.clones.append(head)
            self._add(path, _reader(archive, info), _packed(info), _problem(info), depth)

    def _add(
        self,
        path: str,
        read: Callable[[int], bytes],
        packed: datetime | None,
        problem: str,
        depth: int,
    ) -> None:
        self._count()
        parts = path.split("/")
        if parts[-1].casefold() == "timestamp.txt" and not problem:
            with contextlib.suppress(*_BROKEN):
                self.result.stamps["/".join(parts[:-1])] = read(100)[:100].decode(
                    "utf-8", "replace"
                )
        if self._known.is_nobody(path):
            self.result.nobody += 1
            return
        if not problem and (".." in parts or path.startswith("/") or parts[0].endswith(":")):
            problem = say("its path leads out of the download")
        elif len(path) > LONGEST_PATH:
            path, problem = (
                f"{path[:200]} …",
                say("its path is longer than {count} characters", count=LONGEST_PATH),
            )
        elif not all(part.strip() for part in parts):
            problem = problem or say("its path has a part without a name")
        if not problem and path.casefold().endswith(".zip") and depth < DEEPEST:
            problem = self._inner(path, read, depth)
            if not problem:
                return
        self.result.items.append(Item(path, lambda: self._bounded(read), packed, problem))

    def _inner(self, path: str, read: Callable[[int], bytes], depth: int) -> str:
        """Add what is in a zip in a download, or say why it cannot be."""
        try:
            raw = self._bounded(read, LARGEST_ARCHIVE)
            file: IO[bytes] = self._stack.enter_context(tempfile.SpooledTemporaryFile(1_000_000))  # noqa: SIM115
            file.write(raw)
            archive = self._stack.enter_context(zipfile.ZipFile(file))
        except UnreadableError as error:
            return str(error)
        except _BROKEN:
            return say("it is no zip that can be read")
        self._entries(archive, f"{path}/", depth + 1)
        return ""

    def _bounded(self, read: Callable[[int], bytes], most: int = LARGEST) -> bytes:
        try:
            raw = read(most)
        except Exception as error:
            # zlib, lzma and bz2 each have errors of their own.
            msg = say("it cannot be read: {why}", why=f"{type(error).__name__}: {error}"[:180])
            raise UnreadableError(msg) from None
        self._bytes += len(raw)
        if self._bytes > MOST_BYTES:
            msg = say(
                "There are more than {size} GB in this download. No class hands in as much.",
                size=MOST_BYTES // 10**9,
            )
            raise ValueError(msg)
        if len(raw) > most:
            msg = say("it is larger than {size} MB", size=most // 1_000_000)
            raise UnreadableError(msg)
        return raw

    def _count(self) -> None:
        self._files += 1
        if self._files > MOST_FILES:
            msg = say(
                "There are more than {count} files in this download. No class hands in as many.",
                count=f"{MOST_FILES:,}",
            )
            raise ValueError(msg)


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with archive.open(info) as file:
            return file.read(most + 1)

    return read


def _name(info: zipfile.ZipInfo) -> str:
    """Give the name of an entry; many programs write UTF-8 and do not say so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/") if info.create_system == 0 else name


def _packed(info: zipfile.ZipInfo) -> datetime | None:
    with contextlib.suppress(ValueError):
        if info.date_time[0] > 1980:
            return datetime(*info.date_time)
    return None


def _problem(info: zipfile.ZipInfo) -> str:
    kind = info.external_attr >> 16
    if stat.S_ISLNK(kind):
        return say("it is a link, not a file")
    if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        return say("it is no plain file")
    return say("it is encrypted: ask for it without a password") if info.flag_bits & 1 else ""
