"""What a submission can do to the machine, and how much of it: tried in a real desk."""

from __future__ import annotations

import os
import platform
import re
import struct
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiimpact.classroom.__main__ import main
from aiimpact.classroom.grading import (
    cgroup,
    exam,
    grade,
    landlock,
    machine,
    processes,
    sandbox,
    seat,
    seccomp,
    watch,
)
from aiimpact.classroom.grading.sandbox import Limits

ISOLATED = [level for level in sandbox.ISOLATED if sandbox.works(level)]
# Windows and macOS have neither; there the tests of the arithmetic are what can run.
isolated = pytest.mark.skipif(not ISOLATED, reason="this machine cannot isolate at all")
levels = pytest.mark.parametrize("level", ISOLATED)


@pytest.fixture
def open_desk() -> Iterator[Callable[..., seat.Desk]]:
    desks: list[seat.Desk] = []

    def start(level: sandbox.Level, **limits: Any) -> seat.Desk:
        given = {"cell_seconds": 30, "seconds": 300, "memory_mb": 600, **limits}
        desks.append(seat.Desk(Limits(**given), level))
        return desks[-1]

    yield start
    for one in desks:
        one.close()


# The filter


def decide(
    steps: list[seccomp.Step], machine_code: int, number: int, arguments: tuple[int, ...] = ()
) -> int:
    """Do what the kernel does with a filter: give its answer to a call."""
    filled = [*arguments, *([0] * (6 - len(arguments)))]
    data = struct.pack("=IIQ6Q", number, machine_code, 0, *filled)
    held, at = 0, 0
    while True:
        code, if_true, if_false, constant = steps[at]
        at += 1
        if code == 0x20:
            (held,) = struct.unpack_from("=I", data, constant)
        elif code == 0x54:
            held &= constant
        elif code == 0x06:
            return constant
        else:
            tests = {0x15: held == constant, 0x35: held >= constant, 0x45: bool(held & constant)}
            at += if_true if tests[code] else if_false


ALLOW = 0x7FFF0000


def refused_with(error: str) -> int:
    return 0x00050000 | getattr(__import__("errno"), error)


BY_ARGUMENTS = [
    ("clone", (0x00010F00,), ALLOW, ALLOW),  # a thread
    ("clone", (0x01200011,), ALLOW, ALLOW),  # fork
    ("clone", (0x10000011,), "EPERM", "EPERM"),  # CLONE_NEWUSER
    ("clone", (0x00020011,), "EPERM", "EPERM"),  # CLONE_NEWNS
    ("clone", (0x40000011,), "EPERM", "EPERM"),  # CLONE_NEWNET
    ("mmap", (0, 4096, 3, 0x22), ALLOW, ALLOW),  # private, of no file
    ("mmap", (0, 4096, 3, 0x01), ALLOW, ALLOW),  # shared, of a file
    ("mmap", (0, 4096, 3, 0x21), "EPERM", "EPERM"),  # shared, of no file
    ("mmap", (0, 4096, 3, 0x23), "EPERM", "EPERM"),
    ("socket", (1,), ALLOW, "EAFNOSUPPORT"),  # AF_UNIX
    ("socket", (2,), ALLOW, "ENETUNREACH"),  # AF_INET
    ("socket", (10,), ALLOW, "ENETUNREACH"),  # AF_INET6
    ("socket", (16,), "EAFNOSUPPORT", "EAFNOSUPPORT"),  # AF_NETLINK
    ("socket", (17,), "EAFNOSUPPORT", "EAFNOSUPPORT"),  # AF_PACKET
    ("socket", (38,), "EAFNOSUPPORT", "EAFNOSUPPORT"),  # AF_ALG
    ("socket", (40,), "EAFNOSUPPORT", "EAFNOSUPPORT"),  # AF_VSOCK
    ("socketpair", (1,), ALLOW, ALLOW),
    ("socketpair", (30,), "EAFNOSUPPORT", "EAFNOSUPPORT"),  # AF_TIPC
    ("setsockopt", (3, 1, 7), 0x00050000, 0x00050000),  # SO_SNDBUF: nothing happens
    ("setsockopt", (3, 1, 2), ALLOW, ALLOW),  # SO_REUSEADDR
    ("setsockopt", (3, 6, 7), ALLOW, ALLOW),  # of TCP
    ("fcntl", (3, 1031), "EPERM", "EPERM"),  # F_SETPIPE_SZ
    ("fcntl", (3, 3), ALLOW, ALLOW),
    ("prctl", (4,), "EPERM", "EPERM"),  # PR_SET_DUMPABLE
    ("prctl", (15,), ALLOW, ALLOW),  # PR_SET_NAME
    ("personality", (0xFFFFFFFF,), ALLOW, ALLOW),
    ("personality", (0,), ALLOW, ALLOW),
    ("personality", (0x0040000,), "EPERM", "EPERM"),  # ADDR_NO_RANDOMIZE
    ("prlimit64", (0,), ALLOW, ALLOW),
    ("prlimit64", (1234,), ALLOW, "EPERM"),
]


@pytest.mark.parametrize("processor", seccomp.MACHINES)
@pytest.mark.parametrize("alone", [True, False])
def test_the_filter_decides_as_its_table_says(processor, alone):
    column, code = seccomp.MACHINES[processor]
    steps = seccomp.program(processor, alone=alone)
    assert len(steps) <= 4096, "A kernel takes no more."
    for name, arguments, *answers in BY_ARGUMENTS:
        wanted = answers[0 if alone else 1]
        wanted = wanted if isinstance(wanted, int) else refused_with(wanted)
        found = decide(steps, code, seccomp.NUMBERS[name][column], arguments)
        assert found == wanted, (name, arguments)
    for name in seccomp.REFUSED:
        if (number := seccomp.NUMBERS[name][column]) >= 0:
            error = "ENOSYS" if name in seccomp.HAS_ANOTHER_WAY else "EPERM"
            assert decide(steps, code, number) == refused_with(error), name
    for name in seccomp.OF_FILES:
        if (number := seccomp.NUMBERS[name][column]) >= 0:
            assert (decide(steps, code, number) == ALLOW) == alone, name
    listed = {numbers[column] for numbers in seccomp.NUMBERS.values()}
    assert all(decide(steps, code, n) == ALLOW for n in range(600) if n not in listed)


@pytest.mark.parametrize("processor", seccomp.MACHINES)
def test_calls_of_other_processors_do_not_pass(processor):
    _, code = seccomp.MACHINES[processor]
    steps = seccomp.program(processor, alone=True)
    i386, refused = 0x40000003, refused_with("ENOSYS")
    for other in {i386, *(m.code for m in seccomp.MACHINES.values())} - {code}:
        assert decide(steps, other, 0) == refused
    assert decide(steps, code, 0x40000000 | seccomp.NUMBERS["mount"][0]) == refused  # x32


@pytest.mark.parametrize(
    ("processor", "header"),
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "asm-generic/unistd.h")],
)
def test_the_numbers_are_those_of_the_kernel(processor, header):
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    column = seccomp.MACHINES[processor].column
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text(encoding="ascii"))
    numbers = {name: int(number) for name, number in defined}
    known = {name: n[column] for name, n in seccomp.NUMBERS.items() if name in numbers}
    assert len(known) > 60
    assert known == {name: numbers[name] for name in known}


CALL = """
import ctypes, errno
library = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = library.syscall(ctypes.c_long(number), *map(ctypes.c_ulong, arguments))
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""


@isolated
@levels
def test_every_refused_call_is_refused_in_a_real_desk(open_desk, level):
    column = seccomp.MACHINES[platform.machine()].column
    numbers = {name: seccomp.NUMBERS[name][column] for name in seccomp.REFUSED}
    numbers = {name: number for name, number in numbers.items() if number >= 0}
    ran = open_desk(level).run(f"{CALL}\nprint({{n: call(x) for n, x in {numbers}.items()}})")
    found = eval(ran.printed)
    assert {name for name, answer in found.items() if answer not in ("EPERM", "ENOSYS")} == set()
    assert {n for n, answer in found.items() if answer == "ENOSYS"} == set(seccomp.HAS_ANOTHER_WAY)


@isolated
@levels
def test_calls_that_look_at_their_arguments_in_a_real_desk(open_desk, level):
    column = seccomp.MACHINES[platform.machine()].column
    asked = [
        (seccomp.NUMBERS[name][column], arguments, alone if level == "namespaces" else not_alone)
        for name, arguments, alone, not_alone in BY_ARGUMENTS
        if isinstance(alone, str) or isinstance(not_alone, str)
    ]
    asked = [x for x in asked if isinstance(x[2], str)]
    calls = [(number, arguments) for number, arguments, _ in asked]
    ran = open_desk(level).run(f"{CALL}\nprint([call(n, *a) for n, a in {calls}])")
    assert eval(ran.printed) == [answer for *_, answer in asked]


HONEST = {
    "arrays": "import numpy as np\nprint(round(np.linalg.svd(np.eye(50))[1].sum()))",
    "tables": "import pandas as pd\npd.DataFrame({'a': [1, 2]}).to_csv('x.csv')\n"
    "print(pd.read_csv('x.csv').a.sum())",
    "magics": "%time x = 1\nfiles = !ls\n!echo hello",
    "programs": "import subprocess\nprint(subprocess.run('echo out', shell=True, capture_output=True, text=True).stdout)",
    "threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool: print(list(pool.map(abs, [-1, -2])))",
    "temporary files": "import os, shutil, tempfile\nwith tempfile.TemporaryDirectory() as f:\n"
    "    open(f + '/a', 'w').write('x'); shutil.copy2(f + '/a', f + '/b'); print(os.listdir(f))",
    "processes": "import multiprocessing\n"
    "one, two = multiprocessing.Pipe()\n"
    "p = multiprocessing.Process(target=lambda: two.send(42))\np.start(); print(one.recv()); p.join()",
    "an event loop": "import asyncio\nprint(await asyncio.sleep(0, 'slept'))",
    "a pool of processes": "import multiprocessing\n"
    "with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
    "shared memory": "from multiprocessing import shared_memory\n"
    "s = shared_memory.SharedMemory(create=True, size=1000)\nprint(s.size); s.close(); s.unlink()",
}
NEEDS_A_PLACE_FOR_LOCKS = ("a pool of processes", "shared memory")


@isolated
@levels
def test_honest_work_still_works(open_desk, level):
    one = open_desk(level)
    failed = {title: one.run(source).failed for title, source in HONEST.items()}
    # At the other levels /dev/shm is the machine's own, which is not to be written.
    expected = () if level == "namespaces" else NEEDS_A_PLACE_FOR_LOCKS
    assert {title for title, words in failed.items() if words} == set(expected), failed


@isolated
@levels
def test_a_call_of_the_network_ends_at_once_and_in_words(open_desk, level):
    ran = open_desk(level).run(
        "import urllib.request\nurllib.request.urlopen('http://example.org', timeout=60)"
    )
    assert ran.failed.startswith("URLError: ")


# Memory that nobody has mapped, and other ways around the limits

HIDDEN_MEMORY = {
    "memfd": "held = [os.memfd_create('x') for _ in range(25)]\n"
    "for f in held: os.write(f, bytes(60_000_000))",
    "memory of two, let go by both": "m = mmap.mmap(-1, 500 << 20)\nfor i in range(0, 500 << 20, 4096): m[i] = 1\n"
    "m.madvise(mmap.MADV_DONTNEED)\nn = mmap.mmap(-1, 500 << 20)\nn[0] = 1",
    "files in memory": "for i in range(25): open(f'{i}', 'wb').write(bytes(60_000_000))",
    "deleted files in memory": "held = []\nfor i in range(25):\n    held.append(open('x', 'wb', 0))\n"
    "    os.unlink('x')\n    held[-1].write(bytes(60_000_000))",
    "mapped and deleted files in memory": "held = []\nfor i in range(25):\n"
    "    with open('x', 'w+b', 0) as f:\n        f.write(bytes(60_000_000))\n"
    "        held.append(mmap.mmap(f.fileno(), 4096))\n    os.unlink('x')",
    "shared memory of the old kind": "call(SHMGET, 0, 1 << 30, 0o1600) == 'done' or os.abort()",
    "a process that lets nobody look": "call(PRCTL, 4, 0) == 'done' or os.abort()",
}


@isolated
@levels
@pytest.mark.parametrize("title", HIDDEN_MEMORY)
def test_memory_that_is_mapped_nowhere_does_not_grow(open_desk, level, title):
    column = seccomp.MACHINES[platform.machine()].column
    numbers = {name: seccomp.NUMBERS[name][column] for name in ("shmget", "prctl")}
    names = "\n".join(f"{name.upper()} = {number}" for name, number in numbers.items())
    one = open_desk(level)
    before = in_memory_mb()
    ran = one.run(f"import mmap, os, time\n{CALL}\n{names}\n{HIDDEN_MEMORY[title]}\ntime.sleep(1)")
    # Others use memory too, but nobody a gigabyte in a second.
    assert in_memory_mb() - before < 700
    assert ran.failed, "It was neither refused nor stopped."


def in_memory_mb() -> int:
    """Give what is in memory of files and of shared memory."""
    found = re.search(
        r"^Shmem: +(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"), flags=re.MULTILINE
    )
    return int(found[1]) >> 10


@isolated
@levels
def test_buffers_of_sockets_are_counted(open_desk, level):
    ran = open_desk(level, memory_mb=300).run(
        "import os, socket, time\n"
        "for _ in range(24):\n"
        "    if os.fork() == 0:\n"
        "        held = [socket.socketpair() for _ in range(25)]\n"
        "        for a, b in held:\n"
        "            a.setblocking(False)\n"
        "            try:\n"
        "                while True: a.send(bytes(100_000))\n"
        "            except BlockingIOError: pass\n"
        "        time.sleep(30)\n"
        "        os._exit(0)\n"
        "time.sleep(30)"
    )
    assert ran.failed == "Left out: the cell used more than 300 MB of memory."


@isolated
@levels
def test_many_busy_processes_pay_from_one_account(open_desk, level):
    ran = open_desk(level, cell_seconds=3).run(
        "import os, signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0:\n"
        "        while True: pass\n"
        "os.read(os.pipe()[0], 1)"
    )
    assert ran.failed == "Left out: the cell ran longer than 3 s."


@isolated
@levels
def test_a_flood_of_answers_stays_in_the_pipe(open_desk, level):
    one = open_desk(level)
    line = b'{"number": 0, "x": "' + b"x" * 900_000 + b'"}\\n'
    before = processes.Meter(os.getpid()).read(0.0).memory_mb
    ran = one.run(
        "import os, threading, time\n"
        f"line = {line!r}.replace(b'\\\\n', b'\\n')\n"
        "def flood():\n"
        "    for i in range(3, 20):\n"
        "        try:\n"
        "            while True: os.write(i, line)\n"
        "        except OSError: pass\n"
        "threading.Thread(target=flood).start()\n"
        "time.sleep(3)"
    )
    assert "out of turn" in ran.failed
    assert processes.Meter(os.getpid()).read(0.0).memory_mb - before < 200


@isolated
@levels
def test_files_are_bounded_in_size_and_number(open_desk, level):
    one = open_desk(level)
    for source in (
        "for i in range(100): open(f'{i}', 'wb').write(bytes(1_000_000))",
        "import os\nos.mkdir('d')\nfor i in range(20_000): open(f'd/{i}', 'w').close()",
    ):
        ran = one.run(f"{source}\nimport time; time.sleep(2)")
        assert ran.failed.startswith(("OSError: [Errno 28]", "Left out: the cell wrote more"))
        one.close()


@isolated
@levels
def test_nothing_of_the_graders_can_be_read_changed_or_ended(open_desk, level, tmp_path):
    tmp_path.chmod(0o777)
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "mine").chmod(0o666)
    sleeper = subprocess.Popen(["sleep", "600"])
    mine = str(tmp_path / "mine")
    tried = [
        f"open({mine!r}).read()",
        f"open({mine!r}, 'a')",
        f"os.unlink({mine!r})",
        f"os.truncate({mine!r}, 0)",
        f"os.rename({mine!r}, 'here')",
        f"os.link({mine!r}, 'here')",
        f"os.symlink('x', {mine!r} + '2')",
        f"os.listdir({str(tmp_path)!r})",
        f"os.symlink({mine!r}, 'link') or open('link').read()",
        f"subprocess.run(['cat', {mine!r}], check=True, capture_output=True)",
        "open('/etc/passwd').read()",
        f"open('/proc/{os.getpid()}/environ').read()",
        "open(checks.__file__, 'a')",
        f"os.kill({sleeper.pid}, 9)",
    ]
    if level == "landlock" and landlock.version() < 6:
        tried.pop()  # What older kernels cannot do is in the words of the page.
    one = open_desk(level)
    setting = "import os, subprocess\nfrom aiimpact.classroom import checks\n"
    allowed = [source for source in tried if not one.run(setting + source).failed]
    silent = f"os.chmod({mine!r}, 0) if os.path.exists({mine!r}) else None"
    one.run(setting + silent)
    still = sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()
    assert allowed == []
    assert still
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o666
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has Landlock")
def test_landlock_works_wherever_the_kernel_has_it():
    assert ("landlock" in ISOLATED) == (landlock.version() > 0)


# No silent grading


@pytest.mark.parametrize("level", [x for x in sandbox.LEVELS if x not in sandbox.ISOLATED])
def test_without_isolation_nothing_is_graded_unless_asked_for(level, tmp_path, monkeypatch, capsys):
    (tmp_path / "class" / "s001").mkdir(parents=True)
    (tmp_path / "class" / "s001" / "x.ipynb").write_text("{}")
    with pytest.raises(sandbox.NotIsolatedError, match="NOT ISOLATED"):
        grade.grade(tmp_path / "class", tmp_path / "out", level=level)
    monkeypatch.setattr(sandbox, "strongest", lambda: level)
    command = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out")]
    assert main(command) == 1
    assert "--not-isolated" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*command, "--not-isolated"]) == 0
    assert sandbox.LEVELS[level] in capsys.readouterr().out
    assert sandbox.LEVELS[level] in (tmp_path / "out" / "overview.html").read_text("utf-8")


# Time


def clocked(limits: Limits, *looks: tuple[float, float, float], known: bool = True) -> list[str]:
    """Look at a clock, a processor's time and a time of waiting; give the words of each look."""
    times = iter([0.0, *(now for now, _, _ in looks)])
    uses = iter([processes.Use(10, 3, cpu, waited, known) for _, cpu, waited in looks])

    class Fake(processes.Meter):
        def read(self, now_s: float) -> processes.Use:
            return next(uses)

    one = watch.Watch(limits, clock=lambda: next(times))
    one.follow(Fake(1))
    one.ask()
    return [one.look() for _ in looks]


def test_a_cell_pays_with_processor_time():
    limits = Limits(cell_seconds=20, seconds=180)
    # Alone on a processor; thirty-two processes on many; one of ten on one.
    assert clocked(limits, (0, 0, 0), (19, 19, 0), (21, 20.5, 0)) == [
        "",
        "",
        "ran longer than 20 s",
    ]
    assert clocked(limits, (0, 0, 0), (1, 32, 0)) == ["", "ran longer than 20 s"]
    assert clocked(limits, (0, 0, 0), (190, 19, 171)) == ["", ""]


def test_a_cell_that_sleeps_is_stopped_by_the_clock():
    limits = Limits(cell_seconds=20, seconds=180, patience=3)
    assert clocked(limits, (0, 0, 0), (59, 0.1, 0), (61, 0.1, 0)) == [
        *("", ""),
        "was not done after 60 s",
    ]
    # What it waited for a processor does not count.
    assert clocked(limits, (0, 0, 0), (61, 0.1, 2)) == ["", ""]


def test_where_no_system_tells_the_clock_is_what_there_is():
    limits = Limits(cell_seconds=20, seconds=180)
    assert clocked(limits, (0, 0, 0), (21, 0, 0), known=False) == ["", "ran longer than 20 s"]


def test_what_earlier_desks_used_stays_on_the_account():
    now = iter(range(100))
    one = watch.Watch(Limits(cell_seconds=20, seconds=30), clock=lambda: float(next(now)))

    class Spent(processes.Meter):
        def read(self, now_s: float) -> processes.Use:
            return processes.Use(10, 1, 18.0, 0.0)

    one.follow(Spent(1))
    assert one.look() == ""
    one.follow(Spent(2))
    assert one.look() == "ran longer than 30 s"
    assert one.over


def test_a_cell_stopped_on_a_busy_machine_is_noted():
    times = iter([0.0, 0.0, 100.0])
    uses = iter([processes.Use(1, 1, 0, 0), processes.Use(1, 1, 1, 35.0)])

    class Fake(processes.Meter):
        def read(self, now_s: float) -> processes.Use:
            return next(uses)

    one = watch.Watch(Limits(cell_seconds=20, seconds=180), clock=lambda: next(times))
    one.follow(Fake(1))
    one.ask()
    assert (one.look(), one.look()) == ("", "was not done after 60 s")
    assert "had to wait 35 s for a processor" in one.busy


def test_a_machine_that_is_too_busy_is_nobodys_fault(monkeypatch):
    monkeypatch.setattr(
        seat.Answers, "get", lambda self, seconds: (_ for _ in ()).throw(seat.queue.Empty)
    )
    with pytest.raises(seat.BusyError, match="grade again"):
        exam.sit([{"role": "theirs", "name": "", "source": "1"}], "s001", Limits(), "none")


# What the system tells


def proc(folder: Path, **process: Any) -> None:
    """Write what Linux tells about a process."""
    p = {"parent": 1, "state": "S", "cpu": 0, "children": 0, "threads": 1, "pss": 0, "delay": 0}
    p |= process
    here = folder / str(p["pid"])
    (here / "task" / str(p["pid"])).mkdir(parents=True, exist_ok=True)
    (here / "fd").mkdir(exist_ok=True)
    ticks = os.sysconf("SC_CLK_TCK")
    fields = [p["state"], p["parent"], *[0] * 9, int(p["cpu"] * ticks), 0]
    fields += [int(p["children"] * ticks), 0, 20, 0, p["threads"], 0, p["pid"]]
    (here / "stat").write_text(f"{p['pid']} (a) odd) {' '.join(map(str, fields))}")
    if p["pss"] is not None:
        (here / "smaps_rollup").write_text(
            f"Pss: {p['pss']} kB\nSwapPss: 1024 kB\nPss_Anon: 9 kB\n"
        )
    (here / "statm").write_text("0 2560 0 0 0 0 0")
    (here / "task" / str(p["pid"]) / "schedstat").write_text(f"0 {int(p['delay'] * 1e9)} 1")
    for number, opened in enumerate(p.get("opened", ())):
        (here / "fd" / str(number)).symlink_to(opened)


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads what only Linux tells")


@linux
def test_processor_time_of_those_that_have_ended_is_counted(tmp_path):
    meter = processes.Meter(10, tmp_path)
    proc(tmp_path, pid=10, cpu=1)
    proc(tmp_path, pid=11, parent=10, cpu=5)
    proc(tmp_path, pid=99, cpu=1000)  # somebody else's
    assert meter.read(0).cpu_s == 6
    # It ends and nobody waits for it, as with SIG_IGN; then another ends and is waited for.
    for name in ("11",):
        subprocess.run(["rm", "-r", str(tmp_path / name)], check=True)
    proc(tmp_path, pid=10, cpu=2)
    assert meter.read(1).cpu_s == 7
    proc(tmp_path, pid=10, cpu=2, children=30)
    assert meter.read(2).cpu_s == 32
    # One that is dead and not waited for has used what it has used.
    proc(tmp_path, pid=12, parent=10, state="Z", cpu=8)
    use = meter.read(3)
    assert (use.cpu_s, use.tasks) == (40, 1)


@linux
def test_waiting_is_counted_once_however_many_wait(tmp_path):
    meter = processes.Meter(10, tmp_path)
    for number in range(10, 15):
        proc(tmp_path, pid=number, parent=10 if number > 10 else 1, delay=7)
    assert meter.read(100).waited_s == 0
    for number in range(10, 15):
        proc(tmp_path, pid=number, parent=10 if number > 10 else 1, delay=9)
    assert meter.read(102).waited_s == 2


@linux
def test_memory_counts_what_is_swapped_buffered_or_hidden(tmp_path):
    proc(tmp_path, pid=10, pss=10 << 10, opened=["pipe:[1]", "socket:[2]", "/dev/null"])
    proc(
        tmp_path,
        pid=11,
        parent=10,
        pss=0,
        opened=["pipe:[1]"] + [f"socket:[{n}]" for n in range(3, 13)],
    )
    # 10 MB, twice 1 MB in swap, a pipe, and eleven sockets.
    buffers = processes.PIPE_KB + 11 * processes.SOCKET_KB
    assert processes.Meter(10, tmp_path).read(0).memory_mb == ((12 << 10) + buffers) >> 10
    proc(tmp_path, pid=12, pss=None, parent=10)
    (tmp_path / "12" / "smaps_rollup").unlink(missing_ok=True)
    page_kb = os.sysconf("SC_PAGE_SIZE") >> 10
    more = 2560 * page_kb
    assert processes.Meter(10, tmp_path).read(0).memory_mb == ((12 << 10) + buffers + more) >> 10


# What the machine lets us use


def pretend(root: Path, mounts: str, ours: str, files: dict[str, str], free_mb: int = 9000) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mountinfo").write_text(textwrap.dedent(mounts))
    (root / "proc/self/cgroup").write_text(textwrap.dedent(ours))
    (root / "proc/meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable: {free_mb << 10} kB\n")
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
V1 = (
    "30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
    "31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
)
POD = "30 23 0:26 /kubepods/pod1/c1 /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
TOP = "sys/fs/cgroup"
MB = 1 << 20


@linux
@pytest.mark.parametrize(
    ("mounts", "ours", "files", "processors", "free_mb"),
    [
        ("", "", {}, 64, 9000),
        (V2, "0::/a/b", {f"{TOP}/a/b/cpu.max": "max 100000"}, 64, 9000),
        (V2, "0::/a/b", {f"{TOP}/a/b/cpu.max": "200000 100000"}, 2, 9000),
        # The nearest is not always the narrowest, and half a processor is one.
        (V2, "0::/a/b", {f"{TOP}/a/b/x": "", f"{TOP}/a/cpu.max": "150000 100000"}, 2, 9000),
        (V2, "0::/a/b", {f"{TOP}/a/b/x": "", f"{TOP}/a/cpu.max": "50000 100000"}, 1, 9000),
        (POD, "0::/kubepods/pod1/c1", {f"{TOP}/cpu.max": "300000 100000"}, 3, 9000),
        (POD, "0::/../elsewhere", {f"{TOP}/cpu.max": "300000 100000"}, 3, 9000),
        (
            V1,
            "3:cpu,cpuacct:/job7/step\n2:memory:/job7",
            {
                f"{TOP}/cpu/job7/step/cpu.cfs_quota_us": "-1",
                f"{TOP}/cpu/job7/step/cpu.cfs_period_us": "100000",
                f"{TOP}/cpu/job7/cpu.cfs_quota_us": "400000",
                f"{TOP}/cpu/job7/cpu.cfs_period_us": "100000",
                f"{TOP}/memory/job7/memory.limit_in_bytes": str(4000 * MB),
                f"{TOP}/memory/job7/memory.usage_in_bytes": str(1500 * MB),
                f"{TOP}/memory/job7/memory.stat": f"cache 1\ntotal_inactive_file {500 * MB}\n",
            },
            4,
            3000,
        ),
        (
            V2,
            "0::/a",
            {f"{TOP}/a/memory.max": str(2000 * MB), f"{TOP}/a/memory.current": str(800 * MB)},
            64,
            1200,
        ),
        (V2, "0::/a", {f"{TOP}/a/memory.max": "max", f"{TOP}/a/memory.current": "9"}, 64, 9000),
    ],
)
def test_processors_and_memory_are_those_of_the_container(
    tmp_path, monkeypatch, mounts, ours, files, processors, free_mb
):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    root = pretend(tmp_path, mounts, ours, files)
    assert machine.processors(root) == processors
    assert machine.free_mb(root) == free_mb


@linux
def test_jobs_fit_processors_and_memory(tmp_path, monkeypatch):
    root = pretend(tmp_path, "", "", {}, free_mb=9000)
    limits = Limits(memory_mb=2048)
    for usable, count in ((2, 2), (64, 3)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, n=usable: set(range(n)))
        assert machine.jobs(limits, root) == count
        assert count * machine.one_mb(limits) <= 9000
    assert machine.described(limits, 3, root) == (
        "3 at a time, on 64 processors and 9,000 MB of free memory; each may take 2,412 MB."
    )
    small = pretend(tmp_path / "small", "", "", {}, free_mb=1500)
    assert machine.jobs(limits, small) == 1
    assert "give --memory-mb 1136" in machine.described(limits, 1, small)
    assert machine.one_mb(Limits(memory_mb=1136)) <= 1500


# A control group of the kernel, where there is one


def test_a_group_is_made_only_where_it_may_be(tmp_path):
    assert not cgroup._may_be_used(tmp_path)
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory")
    assert not cgroup._may_be_used(tmp_path)


def test_a_group_has_the_limits_of_the_submission(tmp_path):
    one = cgroup.Group(tmp_path, Limits(memory_mb=600, disk_mb=64, processes=32))
    written = {p.name: p.read_text() for p in one.folder.iterdir()}
    assert written == {
        "memory.max": str(664 * MB),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "34",
    }
    assert (one.ran_out(), one.cpu_s()) == (False, 0.0)
    (one.folder / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\n")
    (one.folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\nsystem_usec 2\n")
    assert (one.ran_out(), one.cpu_s()) == (True, 2.5)


@pytest.mark.skipif(not cgroup.place(), reason="this machine lets us make no control group")
@isolated
def test_the_kernel_counts_and_ends_a_real_group(open_desk):
    one = open_desk(ISOLATED[0], memory_mb=300)
    one.run("1")
    (folder,) = [p for p in cgroup.place().glob(f"aiimpact-{os.getpid()}-*")]
    ran = one.run("x = [bytes(1 << 20) for _ in range(2000)]")
    assert "of memory" in ran.failed
    one.close()
    assert not folder.exists()
