"""Which files a student's Python may see, where no file system can be made for it: Landlock.

Any program may give up rights to files for itself, without being root and without a namespace:
https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# linux/landlock.h; the numbers of the calls are the same on every processor.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION, _FILES_BELOW = 1, 1
_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_TRUNCATE, _DEVICE_CONTROL = 1 << 14, 1 << 15
_OF_ONE_FILE = _EXECUTE | _WRITE | _READ | _TRUNCATE | _DEVICE_CONTROL
_EVERYTHING = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NO_TCP, _NO_OUTSIDE_SOCKETS_AND_SIGNALS = 3, 3


def version() -> int:
    """Give the version of Landlock that this kernel has; 0 if it has none."""
    library = ctypes.CDLL(None, use_errno=True)
    found = library.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    return max(0, int(found))


def close(readable: Iterable[Path], devices: Iterable[Path], own: Path) -> None:
    """Leave this process, and all that it will start, these files only; there is no way back.

    Parameters
    ----------
    readable : iterable of pathlib.Path
        Files and folders that may be read and run.
    devices : iterable of pathlib.Path
        Files that may be read and written.
    own : pathlib.Path
        The folder in which everything may be done.

    Raises
    ------
    OSError
        If this kernel has no Landlock.
    """
    known = version()
    everything = max((n, rights) for n, rights in _EVERYTHING.items() if n <= max(known, 1))[1]
    attributes = struct.pack("=QQQ", everything, _NO_TCP, _NO_OUTSIDE_SOCKETS_AND_SIGNALS)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    rules = _call(_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    rights = {path: _READ | _EXECUTE | _LIST for path in readable}
    rights |= {path: _READ | _WRITE for path in devices}
    rights |= {own: everything}
    for path, allowed in rights.items():
        if path.exists():
            _allow(rules, path, allowed & everything)
    _call(_RESTRICT, rules, ctypes.c_uint32(0))
    os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    if sys.platform != "linux":
        raise NotImplementedError
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & _OF_ONE_FILE, opened)
        _call(_ADD, rules, ctypes.c_int(_FILES_BELOW), rule, ctypes.c_uint32(0))
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    result = int(library.syscall(number, *arguments))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "Landlock")
    return result
