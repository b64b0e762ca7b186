"""A place for a student's Python: nothing of the grader's to see, no network, little of everything.

:func:`command` gives the command that starts it. That command runs this file as a script, which
closes the door behind itself and then becomes the Python that was asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import functools
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Level = Literal["namespaces", "user", "limits", "none"]

LEVELS: dict[Level, str] = {
    "namespaces": (
        "Each submission sees an empty folder, Python and the library, and nothing else: no files "
        "of yours, no other process, no network. Time and memory are limited."
    ),
    "user": (
        "Each submission runs as another user, who cannot change your files but can read what "
        "everybody may read. Its Python refuses connections, programs that it starts do not. "
        "Time and memory are limited."
    ),
    "limits": (
        "NOT ISOLATED: time and memory are limited and Python refuses connections, but a "
        "submission runs with your rights and can read and delete your files. Grade work of "
        "people you do not know in a virtual machine, or on Linux with user namespaces."
    ),
    "none": (
        "NOT ISOLATED: only time is limited and Python refuses connections. A submission runs with "
        "your rights and can read and delete your files. Grade work of people you do not know on "
        "Linux."
    ),
}
"""What protects the grader, the strongest first, in words for the report."""

FIRST_USER, USERS = 61_184, 4_336
"""Numbers that Linux keeps free for passing users, of which each submission gets its own."""

OPEN_FILES = 64
FILES = 10_000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache")
DEVICES = ("/dev/null", "/dev/urandom")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    cell_seconds : float
        Time for one cell, or for one answer to a test. [s]
    seconds : float
        Time for the whole submission. [s]
    memory_mb : int
        Memory of all its processes, and address space of each. [MiB]
    disk_mb : int
        Files of the submission. [MiB]
    processes : int
        Processes and threads at once.
    printed : int
        Characters that are kept of what a cell prints.
    """

    cell_seconds: float = 20.0
    seconds: float = 180.0
    memory_mb: int = 2048
    disk_mb: int = 64
    processes: int = 32
    printed: int = 20_000


def command(module: str, folder: Path, level: Level, limits: Limits) -> list[str]:
    """Give the command that runs a module of this library in a place of its own.

    Parameters
    ----------
    module : str
        Name of the module, such as "aiimpact.classroom.grading.desk".
    folder : pathlib.Path
        An empty folder, at any time used by one submission only.
    level : str
        One of :data:`LEVELS`.
    limits : Limits
        What the submission may use.

    Returns
    -------
    list of str
        Program and arguments.
    """
    package = Path(__file__).resolve().parents[2]
    python = [sys.executable, "-m", module]
    spec = {
        "level": level,
        "user": _passing_user() if _is_root() else None,
        "counts_processes": level in ("namespaces", "user") and _counts_for_itself(),
        "folder": str(folder),
        "visible": [*SYSTEM, *DEVICES, sys.base_prefix, sys.prefix, str(package)],
        "environment": _environment(package.parent),
        "python": python,
        "limits": dataclasses.asdict(limits),
    }
    script = [sys.executable, "-I", "-S", str(Path(__file__).resolve()), json.dumps(spec)]
    if level != "namespaces":
        return script
    own = ["--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child=KILL"]
    return ["unshare", *([] if _is_root() else ["--user", "--map-root-user"]), *own, *script]


@functools.cache
def strongest() -> Level:
    """Find the strongest level that works on this machine.

    Returns
    -------
    str
        One of :data:`LEVELS`.
    """
    return next((level for level in LEVELS if _works(level)), "none")


def _works(level: Level) -> bool:
    if level == "none":
        return True
    if sys.platform == "win32" or (level == "namespaces" and sys.platform != "linux"):
        return False
    if level == "user" and not (sys.platform == "linux" and _is_root()):
        return False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # The module that is tried needs all that a student's code needs.
        tried = command("aiimpact.classroom.grading.desk", Path(folder), level, Limits())
        try:
            result = subprocess.run(tried, input=b"", capture_output=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return result.returncode == 0


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _passing_user() -> int:
    """Give a user that no other exam of this machine has now, so that limits count for each."""
    return FIRST_USER + os.getpid() % USERS


def _counts_for_itself() -> bool:
    """Say whether processes are counted for the submission and not for the whole user."""
    if _is_root():
        return True
    # Since Linux 5.14 a user namespace has a count of its own.
    return tuple(int(x) for x in re.findall(r"\d+", platform.release())[:2]) >= (5, 14)


def usage(ancestor: int) -> tuple[int, int]:
    """Measure what a process and all that it has started use at this moment.

    Parameters
    ----------
    ancestor : int
        Number of the process.

    Returns
    -------
    memory_mb : int
        Memory, what they share counted once. 0 where the system does not say. [MiB]
    tasks : int
        Processes and threads. 0 where the system does not say.
    """
    kibibytes = tasks = 0
    for process in _family(ancestor):
        # A process may end while we look at it.
        with contextlib.suppress(OSError):
            memory = Path(f"/proc/{process}/smaps_rollup").read_text()
            kibibytes += sum(map(int, re.findall(r"^Pss: +(\d+)", memory, flags=re.MULTILINE)))
            tasks += sum(1 for _ in Path(f"/proc/{process}/task").iterdir())
    return kibibytes >> 10, tasks


def end(ancestor: int, *, itself: bool = True) -> None:
    """End a process and all that it has started.

    Parameters
    ----------
    ancestor : int
        Number of the process.
    itself : bool
        Whether it is ended too.
    """
    doomed = _family(ancestor)[0 if itself else 1 :]
    for _ in range(100):
        for process in doomed:
            with contextlib.suppress(OSError):
                os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        doomed = _family(ancestor)[1:]
        if not doomed:
            return
        time.sleep(0.01)


def adopt() -> None:
    """Become the parent of what a process of ours leaves behind, so that it is found."""
    if sys.platform == "linux":
        become_subreaper = 36
        _call("prctl", become_subreaper, 1, 0, 0, 0)


def end_with_parent() -> None:
    """Have the system end this process when the one that has started it is gone."""
    if sys.platform == "linux":
        end_with_parent, kill = 1, 9
        _call("prctl", end_with_parent, kill, 0, 0, 0)


def _family(ancestor: int) -> list[int]:
    family, children = [ancestor], _children()
    for process in family:
        family += children.get(process, [])
    return family


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with contextlib.suppress(OSError):
        for entry in os.scandir("/proc"):
            if entry.name.isdecimal():
                with contextlib.suppress(OSError, ValueError, IndexError):
                    status = Path(entry.path, "stat").read_text(errors="replace")
                    state, parent = status.rpartition(")")[2].split()[:2]
                    if state != "Z":
                        found.setdefault(int(parent), []).append(int(entry.name))
    return found


def _environment(library: Path) -> dict[str, str]:
    given = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR") if name in os.environ}
    return given | {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(library),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Grading twice must give the same marks, and a thread costs address space.
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
    }


# From here on: what the script does, on the other side of the door.


def enter(spec: dict[str, Any]) -> None:
    """Close the door and become the Python that was asked for. Does not return.

    Parameters
    ----------
    spec : dict
        What :func:`command` wrote.
    """
    level, home = spec["level"], Path(spec["folder"])
    if level == "namespaces":
        home = _hide(home, spec["visible"], spec["limits"]["disk_mb"])
    else:
        os.chdir(home)
    if hasattr(os, "setsid"):
        # A submission that kills its whole group of processes kills itself and no more.
        os.setsid()
    if level != "none":
        _limit(spec["limits"], counts_processes=spec["counts_processes"])
    if level == "user":
        os.chown(home, spec["user"], spec["user"])
    if level in ("namespaces", "user"):
        _give_up_rights(spec["user"])
    end_with_parent()
    environment = spec["environment"] | {"HOME": str(home), "AIIMPACT_SANDBOX": level}
    os.execve(spec["python"][0], spec["python"], environment)


def _hide(folder: Path, visible: list[str], disk_mb: int) -> Path:
    """Make a file system in which only `visible` exists, and that read-only; give its home."""
    private, no_suid, no_dev, bind, recursive = 1 << 18, 2, 4, 4096, 16384
    _mount("none", Path("/"), None, private | recursive)
    # Shared memory of the old kind belongs to no process, so no limit would count it.
    with contextlib.suppress(OSError):
        Path("/proc/sys/kernel/shmmni").write_text("0")
    _mount(
        "tmpfs", folder, "tmpfs", no_suid | no_dev, f"size={disk_mb}m,nr_inodes={FILES},mode=755"
    )
    for path in map(Path, visible):
        inside = folder / path.relative_to("/")
        if inside.exists() or inside.is_symlink() or not path.exists():
            continue
        inside.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            inside.symlink_to(path.readlink())
            continue
        inside.mkdir() if path.is_dir() else inside.touch()
        _mount(str(path), inside, None, bind | recursive)
        if path.parent != Path("/dev"):
            _make_read_only(inside)
    for name in ("home", "tmp"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o777)
    os.chdir(folder)
    _call("pivot_root", b".", b".")
    _call("umount2", b".", 2)
    os.chdir("/home")
    return Path("/home")


def _mount(source: str, target: Path, kind: str | None, flags: int, data: str = "") -> None:
    kind_bytes = kind.encode() if kind else None
    _call("mount", source.encode(), bytes(target), kind_bytes, flags, data.encode())


def _make_read_only(path: Path) -> None:
    """Call mount_setattr(2): the one way to reach the mounts below as well."""
    number, here, recursive, read_only_no_suid_no_dev = 442, -100, 0x8000, 1 | 2 | 4
    attributes = (ctypes.c_uint64 * 4)(read_only_no_suid_no_dev, 0, 0, 0)
    _call("syscall", number, here, bytes(path), recursive, attributes, 32)


def _limit(limits: dict[str, Any], *, counts_processes: bool) -> None:
    import resource

    mebibyte = 1 << 20
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(limits["seconds"]) + 1,
        resource.RLIMIT_AS: limits["memory_mb"] * mebibyte,
        resource.RLIMIT_FSIZE: limits["disk_mb"] * mebibyte,
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }
    if counts_processes:
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    for what, most in wanted.items():
        # Not every system knows every limit; what is missing is in LEVELS.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _give_up_rights(user: int | None) -> None:
    drop_from_bounding_set, no_new_privileges, rights = 24, 38, range(64)
    for right in rights:
        with contextlib.suppress(OSError):  # Kernels differ in how many there are.
            _call("prctl", drop_from_bounding_set, right, 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _call("prctl", no_new_privileges, 1, 0, 0, 0)


def _call(name: str, *arguments: Any) -> None:
    """Call a function of the C library that Python does not have."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    wide = [ctypes.c_ulong(x) if isinstance(x, int) and x >= 0 else x for x in arguments]
    if function(*wide) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


if __name__ == "__main__":
    enter(json.loads(sys.argv[1]))
