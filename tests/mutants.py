"""Change one thing in a formula and see whether a test notices: `make test-mutants`.

A mutant is a module with one operator, number, comparison, argument or rule changed. Each lives in
a process of its own, which has collected all tests before and runs those that reach the change,
until one fails. Those that none notices stand in mutants.yaml with the reason; any other is a hole.

Why not a library: mutmut leaves functions with decorators alone, which here is every formula;
cosmic-ray writes into the sources and starts pytest anew for each mutant, which takes hours.
"""

from __future__ import annotations

import ast
import os
import random
import signal
import sys
from collections import defaultdict
from pathlib import Path
from types import FunctionType

import hypothesis
import pytest
import yaml
from mutations import LIBRARY, Mutant, changeable, mutants_of, names_of, tree_of

from aiimpact import _checks

TESTS = Path(__file__).parent
KNOWN = TESTS / "mutants.yaml"
LEAST = 0.95
MODULES = (
    *("units", "training", "datacentre", "grid", "inference", "water", "growth", "solutions"),
    *("policy", "portfolio", "scheduling", "pathway", "equivalents", "uncertainty"),
)
# The quickest first.
FILES = [
    *(name for module in MODULES if (name := TESTS / f"test_{module}.py").exists()),
    *(LIBRARY / f"{module}.py" for module in MODULES),
    *(TESTS / f"test_{name}.py" for name in ("constants", "literature", "carbon_free_share")),
    *(TESTS / f"test_{name}.py" for name in ("formulas_trace", "properties", "errors")),
]
# A mutant that never ends has been noticed.
SECONDS = 100


def put_in(name: str, node: int = 0, change: int | None = None) -> None:
    """Give a module's formulas, with a change, to everyone who holds the real ones."""
    path, possible = list(changeable(name))[node]
    if change is not None:
        setattr(*possible[change])
    module = sys.modules[f"aiimpact.{name}"]
    real = dict(vars(module))
    rules = {rule: getattr(_checks, rule) for rule in ("POSITIVE", "NOT_NEGATIVE")}
    new = rules | {"__name__": module.__name__}
    exec(compile(ast.fix_missing_locations(path[0]), "<mutant>", "exec"), new)
    for name, thing in new.items():
        old = real.get(name)
        if isinstance(thing, FunctionType) and thing.__module__ == module.__name__:
            old.__code__, old.__kwdefaults__ = thing.__code__, thing.__kwdefaults__
            old.__defaults__ = thing.__defaults__
            cells = zip(old.__closure__ or (), thing.__closure__ or (), strict=True)
            for cell, other in cells:
                cell.cell_contents = other.cell_contents
            vars(old).update(vars(thing))
        elif old is not None and not name.startswith("__"):
            for holder in [m for key, m in sys.modules.items() if key.startswith("aiimpact")]:
                if vars(holder).get(name) is old:
                    setattr(holder, name, thing)


class Reach:
    """Which names of the library a test comes to, by what its text mentions and what that mentions."""

    def __init__(self) -> None:
        self.mentions: dict[str, set[str]] = defaultdict(set)
        for module in MODULES:
            self.read(self.mentions, tree_of(LIBRARY / f"{module}.py"))
        self.helpers: dict[Path, dict[str, set[str]]] = {}

    @staticmethod
    def read(into: dict[str, set[str]], tree: ast.Module) -> None:
        for statement in tree.body:
            for name in names_of(statement):
                into[name] |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
                into[name] |= {n.attr for n in ast.walk(statement) if isinstance(n, ast.Attribute)}
                into[name] |= {
                    str(n.value) for n in ast.walk(statement) if isinstance(n, ast.Constant)
                }

    def names(self, item: pytest.Item) -> set[str]:
        values = getattr(getattr(item, "callspec", None), "params", {}).values()
        given = {value.__name__ for value in values if isinstance(value, FunctionType)}
        if isinstance(item, pytest.DoctestItem):
            given = {item.name.rpartition(".")[2]}
        known: dict[str, set[str]] = self.mentions
        if not given:
            if item.path not in self.helpers:
                self.read(self.helpers.setdefault(item.path, defaultdict(set)), tree_of(item.path))
            given, known = {item.function.__name__}, self.mentions | self.helpers[item.path]
        found: set[str] = set()
        while given:
            found |= given
            given = {name for known_name in given for name in known.get(known_name, ())} - found
        return found


class Mutants:
    """Runs mutants in place of tests, as many at once as there are cores."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.alive: list[Mutant] = []
        self.forked = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self.forked and report.failed:
            os._exit(1)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reach = Reach()
        tests = [(item, reach.names(item)) for item in session.items]
        running: dict[int, Mutant | None] = {}
        # The first is no mutant: without a change no test may fail.
        for mutant in [None, *self.mutants]:
            if len(running) == os.cpu_count():
                self.wait(running)
            mine = [item for item, names in tests if mutant is None or mutant.name in names]
            if pid := os.fork():
                running[pid] = mutant
            else:
                self.live(session.config, mutant, mine)
        while running:
            self.wait(running)
        return True

    def live(self, config: pytest.Config, mutant: Mutant | None, tests: list[pytest.Item]) -> None:
        self.forked = True
        config.pluginmanager.unregister(name="terminalreporter")
        signal.setitimer(signal.ITIMER_PROF, SECONDS if mutant else 0)
        try:
            for name in [mutant.module] if mutant else MODULES:
                put_in(name, *((mutant.node, mutant.change) if mutant else ()))
            for item in tests:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        except BaseException:
            os._exit(1)
        os._exit(0)

    def wait(self, running: dict[int, Mutant | None]) -> None:
        pid, status = os.wait()
        mutant = running.pop(pid)
        if mutant is None and status:
            pytest.exit("A test fails without any change. Mend that first: make test-library.", 2)
        if mutant and not status:
            self.alive.append(mutant)
            print(f"survives: {mutant.module}.py:{mutant.line}  {mutant.words}", flush=True)


def main() -> int:
    size = os.environ.get("SAMPLE", "")
    seed = os.environ.get("SEED") or str(random.randrange(10**6))
    every = [mutant for module in MODULES for mutant in mutants_of(module)]
    only = os.environ.get("MODULE", "")
    chosen = [mutant for mutant in every if only in ("", mutant.module)]
    if size:
        chosen = random.Random(seed).sample(chosen, min(int(size), len(chosen)))
    print(f"{len(chosen)} mutants of {len(every)}, SAMPLE={size} SEED={seed}", flush=True)
    # The same examples each time, and nobody wants to see the smallest that fails.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    calm = hypothesis.settings(
        derandomize=True, database=None, deadline=None, max_examples=40, phases=phases
    )
    hypothesis.settings.register_profile("mutants", calm)
    hypothesis.settings.load_profile("mutants")
    os.environ["HYPOTHESIS"] = "mutants"
    options = ["-q", "-s", "-p", "no:cacheprovider", "-W", "ignore:Module already"]
    plugin = Mutants(chosen)
    if code := pytest.main([*options, *map(str, FILES)], plugins=[plugin]):
        return int(code)
    score = 1 - len(plugin.alive) / len(chosen)
    print(f"Tests notice {score:.1%}: {len(chosen) - len(plugin.alive)} of {len(chosen)}.")
    listed = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    known = {words for group in listed for words in group["mutants"]}
    alive, tried = ({mutant.words for mutant in some} for some in (plugin.alive, chosen))
    wrong = {
        "No test notices it, and there is no reason": alive - known,
        "A test notices it now": (known & tried) - alive,
        "There is no such mutant any more": known - {mutant.words for mutant in every},
    }
    for what, words in wrong.items():
        for line in sorted(words):
            print(f"{KNOWN.name}: {what}: {line}")
    return 1 if any(wrong.values()) or score < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
