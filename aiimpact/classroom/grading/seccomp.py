"""Which calls of the kernel a student's Python may make: a filter that the kernel itself applies.

It takes nothing from honest work. It refuses what could hold memory that nobody counts, what
opens parts of the kernel that a notebook has no use for, and, where no namespace does it, the
network and other people's programs.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import NamedTuple


class Machine(NamedTuple):
    """What differs between processors."""

    column: int
    """Which number of :data:`NUMBERS` counts."""
    code: int
    """How the kernel calls it: linux/audit.h."""


MACHINES = {"x86_64": Machine(0, 0xC000003E), "aarch64": Machine(1, 0xC00000B7)}

# Numbers of calls, from the kernel's arch/x86/entry/syscalls/syscall_64.tbl and from
# include/uapi/asm-generic/unistd.h, which is the list of aarch64. -1: has no such call.
NUMBERS: dict[str, tuple[int, int]] = {
    # Calls of which the arguments decide.
    "clone": (56, 220),
    "mmap": (9, 222),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "setsockopt": (54, 208),
    "fcntl": (72, 25),
    "prctl": (157, 167),
    "personality": (135, 92),
    "prlimit64": (302, 261),
    # Memory that belongs to no process, so that nobody counts it.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    "io_setup": (206, 0),
    # Namespaces and file systems. The arguments of clone3 are out of a filter's sight.
    "clone3": (435, 435),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "fanotify_init": (300, 262),
    # Other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # Wide doors into the kernel.
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "remap_file_pages": (216, 234),
    "modify_ldt": (154, -1),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "uselib": (134, -1),
    # What belongs to the machine.
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    # What Landlock leaves open of files that are somebody's.
    "truncate": (76, 45),
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "lchown": (94, -1),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}

ARGUED = tuple(NUMBERS)[: tuple(NUMBERS).index("memfd_create")]
OF_FILES = tuple(NUMBERS)[tuple(NUMBERS).index("truncate") :]
REFUSED = tuple(name for name in NUMBERS if name not in ARGUED + OF_FILES)
"""Calls that are refused whatever their arguments are."""

HAS_ANOTHER_WAY = ("clone3", "memfd_create", "io_uring_setup")
"""Calls that programs do without where the kernel is too old for them; so it must seem."""

# linux/sched.h: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
NEW_NAMESPACES = 0x7E020000
SHARED_AND_NAMELESS = 0x01 | 0x20  # MAP_SHARED, MAP_ANONYMOUS
UNIX, INET, INET6 = 1, 2, 10
SOCKET_LEVEL, SEND_BUFFER = 1, 7
SET_PIPE_SIZE = 1031
SET_DUMPABLE = 4
AS_IT_IS = 0xFFFFFFFF

_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16  # struct seccomp_data
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _ANSWER = 0x7FFF0000, 0x00050000
_X32 = 0x40000000

Step = tuple[int, int, int, int]


def program(machine: str, *, alone: bool) -> list[Step]:
    """Write the filter.

    Parameters
    ----------
    machine : str
        The processor, one of :data:`MACHINES`.
    alone : bool
        Whether namespaces keep it from the network and from others' files and processes. If not,
        the filter refuses sockets, and changes of what Landlock does not protect.

    Returns
    -------
    list of tuple of int
        Steps of classic BPF: code, jump if true, jump if false, constant.

    Raises
    ------
    KeyError
        If the processor is not known.
    """
    column, code = MACHINES[machine]
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        # Calls of 32-bit programs have other numbers.
        (_IF_EQUAL, 1, 0, code),
        _answer(errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_IF_AT_LEAST, 0, 1, _X32),
        _answer(errno.ENOSYS),
    ]
    for name, answers in {**_simple(alone=alone), **_argued(alone=alone)}.items():
        if (number := NUMBERS[name][column]) >= 0:
            steps += [(_IF_EQUAL, 0, len(answers), number), *answers]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _simple(*, alone: bool) -> dict[str, list[Step]]:
    answers = {
        name: [_answer(errno.ENOSYS if name in HAS_ANOTHER_WAY else errno.EPERM)]
        for name in REFUSED
    }
    if not alone:
        # shutil.copy sets rights and times: it is told that this was done.
        answers |= {name: [_answer(errno.EPERM if name == "truncate" else 0)] for name in OF_FILES}
    return answers


def _argued(*, alone: bool) -> dict[str, list[Step]]:
    """Give what decides on calls by their arguments; every one ends in an answer."""
    allow, refuse = (_RETURN, 0, 0, _ALLOW), _answer(errno.EPERM)
    families = (UNIX, INET, INET6) if alone else ()
    answers = {
        "clone": [_argument(0), (_IF_ANY_BIT, 0, 1, NEW_NAMESPACES), refuse, allow],
        "mmap": [
            _argument(3),
            (_AND, 0, 0, SHARED_AND_NAMELESS),
            (_IF_EQUAL, 0, 1, SHARED_AND_NAMELESS),
            refuse,
            allow,
        ],
        "socket": [
            _argument(0),
            *(step for family in families for step in ((_IF_EQUAL, 0, 1, family), allow)),
            *((_IF_EQUAL, 1, 0, INET), (_IF_EQUAL, 0, 1, INET6), _answer(errno.ENETUNREACH)),
            _answer(errno.EAFNOSUPPORT),
        ],
        "socketpair": [
            *(_argument(0), (_IF_EQUAL, 0, 1, UNIX), allow),
            _answer(errno.EAFNOSUPPORT),
        ],
        # A wish, so a program can live without it. It is told that it was heard.
        "setsockopt": [
            *(_argument(1), (_IF_EQUAL, 1, 0, SOCKET_LEVEL), allow),
            *(_argument(2), (_IF_EQUAL, 0, 1, SEND_BUFFER), _answer(0)),
            allow,
        ],
        "fcntl": [_argument(1), (_IF_EQUAL, 0, 1, SET_PIPE_SIZE), refuse, allow],
        # Nobody could see any more how much memory such a process has.
        "prctl": [_argument(0), (_IF_EQUAL, 0, 1, SET_DUMPABLE), refuse, allow],
        "personality": [
            _argument(0),
            *((_IF_EQUAL, 1, 0, 0), (_IF_EQUAL, 0, 1, AS_IT_IS), allow),
            refuse,
        ],
    }
    if not alone:
        answers["prlimit64"] = [_argument(0), (_IF_EQUAL, 0, 1, 0), allow, refuse]
    return answers


def _argument(index: int) -> Step:
    """Load the lower half of an argument: all that these calls look at."""
    return _LOAD, 0, 0, _ARGUMENTS_AT + 8 * index


def _answer(error: int) -> Step:
    return _RETURN, 0, 0, _ANSWER | error


def close(*, alone: bool) -> None:
    """Put the filter on this process and on all that it will start; there is no way back.

    Parameters
    ----------
    alone : bool
        As for :func:`program`.

    Raises
    ------
    OSError
        If the kernel has no such filters, or the processor is not known.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in MACHINES or sys.maxsize < 1 << 32:
        msg = f"There is no filter for {sys.platform} on {machine}."
        raise OSError(errno.ENOSYS, msg)
    steps = program(machine, alone=alone)
    written = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(written, len(written))
    header = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    set_seccomp, by_filter = 22, 2
    library = ctypes.CDLL(None, use_errno=True)
    wide = [ctypes.c_ulong(x) for x in (0, 0)]
    if library.prctl(set_seccomp, ctypes.c_ulong(by_filter), header, *wide) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")
