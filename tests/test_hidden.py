"""What is hidden stays hidden, whatever a student's function does with what it is called with."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

import pytest
from test_grading import LEVEL

from aiimpact.classroom.grading import exam, told
from aiimpact.classroom.grading.sandbox import Limits

CANARY = 98765.4321
LIMITS = Limits(cell_seconds=4, seconds=120, memory_mb=1024)

# Each is right for what it can be told of, and hands on whatever else it is given.
LEAKS = {
    "raises it": "raise ValueError(f'LEAK {x}')",
    "raises it in a name": "raise type(f'LEAK_{int(x)}', (Exception,), {})('LEAK')",
    "raises it as a test": "raise AssertionError(f'LEAK {x}')",
    "raises what a check would": (
        "from aiimpact.classroom import checks; raise checks.KeepWorking(f'LEAK {x}? LEAK', 'LEAK')"
    ),
    "returns it": "return x",
    "returns a text of it": "return f'LEAK {x}'",
    "returns a list as long": "return [0] * int(x)",
    "returns an object named by it": "return type(f'LEAK{int(x)}', (), {})()",
    "returns nothing": "return None",
    "prints it": "print('LEAK', x); return x",
    "keeps it": "global kept; kept = f'LEAK {x}'; return 2 * x + 1",
    "keeps it in the answer to come": "globals()['later'] = f'LEAK {x}'; return 0",
    "keeps it in a file": "open('leak', 'a').write(f'LEAK {x}'); return 0",
    "keeps it in the library": (
        "import aiimpact.units; aiimpact.units.leak = f'LEAK {x}'; return 0"
    ),
    "gives it to a child": (
        "import os\n    if os.fork() == 0:\n        import time; time.sleep(1)\n"
        "        print('LEAK', x); open('leak', 'a').write(f'LEAK {x}'); os._exit(0)\n    return 0"
    ),
    "looks at who calls": (
        "import inspect; raise ValueError('LEAK' + ''.join(map(str, inspect.stack())))"
    ),
    "ends": "import os; os._exit(3)",
    "never ends": "while True: pass",
}

READ_AGAIN = """
import os, builtins, aiimpact.units
print(globals().get('kept'), globals().get('later'), getattr(aiimpact.units, 'leak', ''))
print(open('leak').read() if os.path.exists('leak') else '')
import gc, sys, linecache
print([x for x in gc.get_objects() if isinstance(x, (str, float)) and 'LEAK' in str(x)][:3])
print([name for name in linecache.cache if 'check' in name])
"""


def check_of(function: str) -> str:
    return textwrap.dedent(f"""
        checks.function({function}, [({{"x": 2}}, 4)], "t")
        ### BEGIN HIDDEN TESTS
        def secret_rule(x):
            return 2 * x
        checks.function({function}, [({{"x": {CANARY}}}, secret_rule({CANARY}))], "t")
        checks.number(later, 54321.9876, "t")
        ### END HIDDEN TESTS
    """)


def cell(role: str, source: str, name: str = "") -> dict[str, str]:
    return {"role": role, "source": source, "name": name}


@pytest.fixture(scope="module")
def sat() -> dict[str, dict[str, str]]:
    """Outcomes of the tests by leak, of one submission that tries them all, and what it printed after each."""
    cells = [cell("ours", "from aiimpact.classroom import checks"), cell("theirs", "later = 1")]
    for i, (title, body) in enumerate(LEAKS.items()):
        source = f"def f{i}(x):\n    if x == 2: return 4\n    {body}\n"
        cells += [cell("theirs", source), cell("test", check_of(f"f{i}"), title)]
        cells += [cell("theirs", READ_AGAIN)]
    return {"cells": cells, "result": exam.sit(cells, "s001", LIMITS, LEVEL)}  # type: ignore[dict-item]


def outcomes(sat: dict[str, Any]) -> dict[str, dict[str, str]]:
    pairs = zip(sat["cells"], sat["result"]["cells"], strict=True)
    return {given["name"]: ran for given, ran in pairs if given["role"] == "test"}


def test_nothing_that_is_handed_back_holds_a_hidden_input(sat):
    # The source of a cell is the student's own; what came of it is looked at.
    told_back = json.dumps(sat["result"])
    for secret in (
        "LEAK",
        "98765",
        "98,765",
        "98,770",
        "98,800",
        "197530",
        "197,5",
        "54321",
        "54,3",
    ):
        assert secret not in told_back, re.findall(f".{{80}}{secret}.{{80}}", told_back)
    assert "secret_rule" not in told_back


def test_this_would_be_seen_if_nothing_were_hidden(monkeypatch):
    monkeypatch.setattr(told, "parts", lambda source: (source, ""))
    cells = [cell("ours", "from aiimpact.classroom import checks"), cell("theirs", "later = 1")]
    for i, title in enumerate(("raises it", "keeps it in a file")):
        source = f"def f{i}(x):\n    if x == 2: return 4\n    {LEAKS[title]}\n"
        cells += [
            cell("theirs", source),
            cell("test", check_of(f"f{i}")),
            cell("theirs", READ_AGAIN),
        ]
    ran = exam.sit(cells, "s001", LIMITS, LEVEL)["cells"]
    assert "LEAK 98765" in ran[3]["failed"], "raised"
    assert "LEAK 98765" in ran[7]["printed"], "kept"


def test_what_is_told_of_a_hidden_case_says_what_to_look_for(sat):
    found = outcomes(sat)
    assert all(ran["failed"] for ran in found.values())
    raises = "Keep working: in a hidden case: your function raises ValueError."
    assert found["raises it"]["failed"] == raises
    assert found["raises it in a name"]["failed"] == (
        "Keep working: in a hidden case: the result is not right yet."
    )
    assert (
        found["returns nothing"]["failed"] == "Missing: in a hidden case: there is no result yet."
    )
    assert found["never ends"]["failed"] == (
        "Keep working: in a hidden case: your function ran longer than 4 s."
    )
    assert found["ends"]["failed"] == (
        "Keep working: in a hidden case: your function ended its Python."
    )


def sit(*cells: dict[str, str]) -> list[dict[str, str]]:
    ours = cell("ours", "from aiimpact.classroom import checks")
    return exam.sit([ours, *cells], "s001", LIMITS, LEVEL)["cells"][1:]


def test_a_slip_in_a_hidden_case_has_its_name_and_words():
    hidden = """
        ### BEGIN HIDDEN TESTS
        checks.function(site_mwh, [({"it_mwh": 98765.4321, "pue": 1.5}, 148148.14815)], "MWh")
        ### END HIDDEN TESTS
    """
    wrong, right = sit(
        cell("theirs", "def site_mwh(it_mwh, pue): return it_mwh"),
        cell("test", textwrap.dedent(hidden), "wrong"),
        cell("theirs", "def site_mwh(it_mwh, pue): return it_mwh * pue"),
        cell("test", textwrap.dedent(hidden), "right"),
    )[1::2]
    assert wrong["failed"] == (
        "Keep working: in a hidden case: Too small by the PUE: the building is left out."
    )
    assert wrong["slip"] == "pue-missing"
    assert (right["failed"], right["printed"]) == ("", "Got it, in the hidden cases too.\n")


def test_a_visible_case_keeps_its_words_and_a_hidden_value_its_own():
    hidden = "\n### BEGIN HIDDEN TESTS\nchecks.number(mine, 4, 't')\n### END HIDDEN TESTS"
    raised, value = sit(
        cell("theirs", "def f(x): raise ValueError('no luck')\nmine = 3"),
        cell("test", "checks.function(f, [({'x': 2}, 4)], 't')", "raises"),
        cell("test", "checks.between(mine, 0, 10)" + hidden, "value"),
    )[1:]
    assert raised["failed"].endswith("for x=2: your function raises ValueError: no luck")
    assert value["failed"] == "Keep working: 3 t? Too low."


def test_functions_are_tried_as_they_were_where_their_check_stands():
    hidden = """
        checks.function(f, [({"x": 2}, 6)], "t")
        ### BEGIN HIDDEN TESTS
        checks.function(f, [({"x": 5}, 15)], "t")
        ### END HIDDEN TESTS
    """
    ran = sit(
        cell("theirs", "times = 3\ndef helper(x): return times * x\ndef f(x): return helper(x)"),
        cell("test", textwrap.dedent(hidden), "check"),
        cell("theirs", "times = 4\ndef helper(x): return 0\ndef f(x): return None"),
    )
    assert ran[1] == {
        "printed": (
            "Got it: your function gives the right number in the one case tried.\n"
            "Got it, in the hidden cases too.\n"
        ),
        "failed": "",
        "slip": "",
    }


def test_a_check_that_cannot_cope_quotes_nothing_hidden():
    hidden = "### BEGIN HIDDEN TESTS\nassert mine[98765] == 54321\n### END HIDDEN TESTS"
    cells = [cell("theirs", "mine = []"), cell("test", hidden, "fragile")]
    result = exam.sit(cells, "s001", LIMITS, LEVEL)
    (note,) = result["notes"]
    assert note == (
        "The check fragile cannot cope with the answer, look at it yourself. It was a hidden case."
    )
    assert "98765" not in json.dumps(result)


def test_where_things_lie_on_this_machine_is_not_told():
    printed = sit(
        cell("theirs", "import aiimpact, sys\nprint(aiimpact.__file__, sys.prefix, sys.path)"),
        cell("theirs", "import aiimpact\nraise ValueError(aiimpact.__file__)"),
    )
    text = json.dumps(printed)
    assert "<kit>/aiimpact/__init__.py" in text
    assert [place for place in told._places() if place in text] == []
