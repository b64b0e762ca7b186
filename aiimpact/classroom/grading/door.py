"""What happens on the way to a student's Python: the door is closed behind it.

This runs alone in a Python of its own, before anything of a student's does. It needs nothing but
Python itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from aiimpact.classroom.grading import landlock, seccomp


def enter(spec: dict[str, Any]) -> None:
    """Close the door and become the Python that was asked for. Does not return.

    Parameters
    ----------
    spec : dict
        What :func:`aiimpact.classroom.grading.sandbox.command` wrote.
    """
    level, home = spec["level"], Path(spec["folder"])
    if sys.platform == "win32":
        _stay(spec, home)
    places = {"TMPDIR": "/tmp"}
    if spec["group"]:
        Path(spec["group"], "cgroup.procs").write_text("0", encoding="ascii")
    # If the machine runs out of memory in spite of all, this goes before anything of the teacher's.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if level == "namespaces":
        home = _hide(home, spec["visible"], spec["limits"]["disk_mb"], spec["files"])
    else:
        os.chdir(home)
        places = _own_temporary_folder(home, spec["user"])
    if hasattr(os, "setsid"):
        # A submission that kills its whole group of processes kills itself and no more.
        os.setsid()
    if level != "none":
        _limit(spec["limits"], spec["open_files"], counts_processes=spec["counts_processes"])
    if level in ("landlock", "user") and spec["user"] is not None:
        os.chown(home, spec["user"], spec["user"])
    if level in ("namespaces", "landlock", "user"):
        _give_up_rights(spec["user"])
    if sys.platform == "linux":
        end_with_parent, kill, no_new_privileges = 1, 9, 38
        _call("prctl", end_with_parent, kill, 0, 0, 0)
        _call("prctl", no_new_privileges, 1, 0, 0, 0)
    if level == "landlock":
        places["PYTHONPATH"] = _library_alone(home, Path(spec["library"]))
        landlock.close(map(Path, spec["visible"]), map(Path, spec["devices"]), home)
    if level != "none":
        # Where it must hold, a machine without it has no such level.
        with contextlib.suppress(*([OSError] if level == "limits" else [])):
            seccomp.close(alone=level == "namespaces")
    here = {"HOME": str(home), "AIIMPACT_SANDBOX": level}
    environment = spec["environment"] | places | here
    os.execve(spec["python"][0], spec["python"], environment)


def _stay(spec: dict[str, Any], home: Path) -> NoReturn:
    """Start the Python beside this one: on Windows none becomes another, and this one is watched."""
    import subprocess

    places = _own_temporary_folder(home, None) | {"HOME": str(home), "AIIMPACT_SANDBOX": "none"}
    environment = spec["environment"] | places
    done = subprocess.run(
        spec["python"], cwd=home, env=environment, stdin=0, stdout=1, stderr=2, check=False
    )
    sys.exit(done.returncode)


def _own_temporary_folder(home: Path, user: int | None) -> dict[str, str]:
    """Make a folder for temporary files in the one folder that may be written."""
    inside = home / ".tmp"
    inside.mkdir(exist_ok=True)
    if user is not None and sys.platform != "win32":
        os.chown(inside, user, user)
    return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(inside))


def _library_alone(home: Path, library: Path) -> str:
    """Let the library be found without a look at what lies beside it."""
    (home / ".library").mkdir(exist_ok=True)
    (home / ".library" / library.name).symlink_to(library)
    return str(home / ".library")


def _hide(folder: Path, visible: list[str], disk_mb: int, files: int) -> Path:
    """Make a file system in which only `visible` exists, and that read-only; give its home."""
    private, no_suid, no_dev, bind, recursive = 1 << 18, 2, 4, 4096, 16384
    _mount("none", Path("/"), None, private | recursive)
    size = f"size={disk_mb}m,nr_inodes={files},mode=755"
    _mount("tmpfs", folder, "tmpfs", no_suid | no_dev, size)
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
    # Locks of multiprocessing are files in the last one.
    for name in ("home", "tmp", "dev/shm"):
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


def _limit(limits: dict[str, Any], open_files: int, *, counts_processes: bool) -> None:
    if sys.platform == "win32":
        raise NotImplementedError
    import resource

    mebibyte = 1 << 20
    wanted = {
        "CORE": 0,
        "CPU": int(limits["seconds"]) + 1,
        "AS": limits["memory_mb"] * mebibyte,
        "FSIZE": limits["disk_mb"] * mebibyte,
        "NOFILE": open_files,
        "MSGQUEUE": 0,
    }
    if counts_processes:
        wanted["NPROC"] = limits["processes"]
    for what, most in wanted.items():
        # Not every system knows every limit; what is missing is in LEVELS.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{what}"), (most, most))


def _give_up_rights(user: int | None) -> None:
    if sys.platform != "linux":
        raise NotImplementedError
    drop_from_bounding_set, rights = 24, range(64)
    for right in rights:
        with contextlib.suppress(OSError):  # Kernels differ in how many there are.
            _call("prctl", drop_from_bounding_set, right, 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _call(name: str, *arguments: Any) -> None:
    """Call a function of the C library that Python does not have."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    wide = [ctypes.c_ulong(x) if isinstance(x, int) and x >= 0 else x for x in arguments]
    if function(*wide) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
