"""Marking by hand in a browser: Formgrader as `make mark` opens it, with what students may write."""

from __future__ import annotations

import contextlib
import copy
import os
import re
import shutil
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
import nbformat
import pytest
from conftest import Visit, visit
from corpus import STEM
from hostile import CONTROLS, FAILED, HONEST, HOSTILE, PRINTED
from nbgrader.server_extensions.formgrader import handlers
from servers import free_port, running

from aiimpact.classroom.grading import assembly, gradebook, inert, intake, mark, reports
from aiimpact.classroom.grading.entries import Entry

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("marking")]

KIT = corpus.Kit(corpus.Place(Path(), Path(), Path(), 9))
EVIL_NAME = "<img src='/fired/name' onerror=\"window.fired='name'\">"


def paper(student: str, *texts: str) -> list[Any]:
    """A paper with a text as the answer in words, and more in cells that the student added."""
    given = intake.parse(corpus.written(KIT.solved(student, editor=texts[0])))
    for text in texts[1:]:
        given += intake.parse(
            corpus.written(
                nbformat.v4.new_notebook(
                    cells=[nbformat.v4.new_markdown_cell(text.encode("utf-8", "replace").decode())]
                )
            )
        )
    return assembly.assemble(given, KIT.source, KIT.released)[0]


def results(cells: list[Any], printed: str = "", failed: str = "") -> list[dict[str, str]]:
    ran = [
        {"printed": printed, "failed": failed, "slip": ""}
        for cell in cells
        if cell.cell_type == "code"
    ]
    return ran


class Course:
    """A folder as `grade` leaves it; no exam is needed for what it looks like."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = gradebook.Book(folder, {STEM: KIT.source})
        # Formgrader as it comes lists nothing without it.
        (folder / "source" / STEM).mkdir(parents=True, exist_ok=True)

    def add(self, student: str, *texts: str, **said: str) -> Entry:
        cells = paper(student, *texts)
        entry = Entry(student, f"{student}/{STEM}.ipynb", STEM)
        name = intake.file_name(student)
        entry.marks = self.book.record(name, STEM, cells, results(cells, **said))
        reports.write_feedback(entry, cells, self.folder)
        return entry


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> tuple[Course, list[Entry]]:
    made = Course(tmp_path_factory.mktemp("course"))
    entries = [
        made.add("s001", HONEST),
        made.add("s002", *HOSTILE.values(), printed=PRINTED, failed=FAILED),
        made.add(EVIL_NAME, HOSTILE["image"], failed=FAILED),
    ]
    entries[1].notes.append(HOSTILE["script"])
    reports.write(entries, made.folder, "none", len(entries))
    return made, entries


def as_written(folder: Path, answers: dict[str, list[str]]) -> Course:
    """A folder as it would be without our step: answers by student, just as they were written."""
    made = Course(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inert, "notebook", copy.deepcopy)
        for student, texts in answers.items():
            made.add(student, *texts)
    return made


@dataclass
class Server:
    """A server of Formgrader: where it is, and how a browser that it opens comes in."""

    url: str
    way_in: str


@contextlib.contextmanager
def marking(folder: Path, home: Path) -> Iterator[Server]:
    """The server that `make mark` starts, and the address to which it sends the browser."""
    shutil.rmtree(folder / "source", ignore_errors=True)  # As `grade` leaves it.
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "aiimpact.classroom",
        "mark",
        "--out",
        str(folder),
        "--port",
        str(port),
    ]
    url = f"http://127.0.0.1:{port}"
    # It is told of a browser that does nothing: the test opens what it would have opened.
    with running(command, f"{url}/login", home, environment={"BROWSER": "true %s"}):
        (page,) = (home / "runtime").glob("jpserver-*-open.html")
        yield Server(url, re.search(rf'href="({url}[^"]+)"', page.read_text())[1])


@pytest.fixture(scope="module")
def server(course, tmp_path_factory) -> Iterator[Server]:
    with marking(course[0].folder, tmp_path_factory.mktemp("home")) as found:
        yield found


class Watch:
    """A tab, and all that a page did that Formgrader's own pages do not do."""

    OWN = re.compile(
        r"/(formgrader/(static|gradebook|submissions|api|manage_students)\b[^?]*|static/|login)"
    )

    def __init__(self, tab: Visit, url: str) -> None:
        self.tab, self.page, self.url = tab, tab.page, url
        self.page.set_default_timeout(60_000)
        self.dialogs: list[str] = []
        self.stopped: list[str] = []
        self.page.on("requestfailed", lambda r: r.failure == "csp" and self.stopped.append(r.url))
        self.page.on(
            "dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss())
        )

    def open_submission(self, student: str) -> None:
        """Go from the first page to a submission, as a teacher does."""
        for _ in range(2):
            self.page.locator("#main-table a").first.click()
            self.page.wait_for_url("**/gradebook/**")
        self.page.wait_for_selector("#main-table .name a")
        self.page.locator("#toggle_names").click()
        self.page.get_by_role("link", name=student, exact=True).click()
        self.page.wait_for_url("**/submissions/**")
        self.settle()

    def settle(self) -> None:
        with contextlib.suppress(Exception):  # A page that is just being left.
            self.page.wait_for_load_state("networkidle")
            self.tab.settle()

    def did(self) -> dict[str, Any]:
        """Give what was done, by kind; empty if nothing was."""
        strange = [
            address
            for address in self.tab.requested
            if not address.startswith("data:")
            and (
                not address.startswith(self.url)
                or not self.OWN.match(address.removeprefix(self.url))
            )
        ]
        with contextlib.suppress(Exception):
            self.page.wait_for_load_state()
        fired = self.page.evaluate("() => window.fired")
        found = {"fired": fired, "asked": strange, "dialogs": self.dialogs}
        return {kind: what for kind, what in found.items() if what}


@pytest.fixture
def watch(chromium) -> Iterator[Callable[[Server], Watch]]:
    tabs: list[Watch] = []

    def open_one(server: Server) -> Watch:
        tabs.append(Watch(visit(chromium, server.url), server.url))
        tabs[-1].page.goto(server.way_in)
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.page.context.close()


# What students may write, on the page that a teacher marks


def test_nothing_that_a_student_wrote_acts_where_it_is_marked(server, watch):
    assert len(HOSTILE) > 60
    tab = watch(server)
    tab.open_submission("s002")
    shown = tab.page.locator("#notebook").first.inner_text()
    for text in ("javascript:", "onerror=", "<script>", "/fired/image"):
        assert text in shown
    acting = tab.page.evaluate(
        """() => [...document.querySelectorAll('.rendered_html, .output, .input_area')]
          .flatMap((part) => [...part.querySelectorAll(
            'a:not(.anchor-link), img, svg, iframe, form, input, style, link, meta, script, object, video'
          )].map((element) => element.getAttribute('href') ?? element.outerHTML))"""
    )
    ours = "".join(cell.source for cell in KIT.source.cells)
    assert [found for found in acting if f"({found})" not in ours] == []
    # Each field is there once, and is Formgrader's.
    assert tab.page.locator("[id='01-editor'], [id='01-pounds-check']").count() == 2
    assert tab.page.locator("[id='01-pounds-check']").get_attribute("type") == "number"
    assert tab.did() == {}
    assert tab.tab.problems == []


def test_names_of_students_are_text_in_every_list(server, watch):
    tab = watch(server)
    tab.open_submission(intake.file_name(EVIL_NAME))
    for page in ("manage_students", f"manage_students/{intake.file_name(EVIL_NAME)}"):
        tab.page.goto(f"{server.url}/formgrader/{page}")
        tab.page.wait_for_selector("#main-table td a")
        tab.settle()
    assert tab.did() == {}
    assert tab.tab.problems == []


def test_an_honest_answer_reads_well(server, watch, tmp_path):
    tab = watch(server)
    tab.open_submission("s001")
    answer = tab.page.locator(".nbgrader_cell", has=tab.page.locator("[id='01-editor']"))
    answer.screenshot(path=os.environ.get("SCREENSHOT", str(tmp_path / "answer.png")))
    shown = answer.locator(".rendered_html")
    assert shown.locator("math").count() == 3
    assert shown.locator("math mfrac").count() == 1
    assert [cell.inner_text() for cell in shown.locator("td").all()] == ["Iowa", "0.45"]
    assert shown.locator("ul > li").count() == 2
    assert "print(tonnes < 300)" in shown.locator("pre").inner_text()
    # What reads formulas reads these.
    boxes = [formula.bounding_box() for formula in shown.locator("math").all()]
    assert all(box and box["width"] > 40 for box in boxes)
    assert tab.tab.problems == []


def test_points_and_a_comment_reach_the_next_tables(server, watch, course):
    made, entries = course
    tab = watch(server)
    tab.open_submission("s001")
    with tab.page.expect_response(lambda r: r.request.method == "PUT" and "/grade/" in r.url):
        tab.page.locator("[id='01-editor']").fill("3")
        tab.page.locator("[id='01-editor']").blur()
    for cell in ("01-editor", "01-pounds"):
        with tab.page.expect_response(lambda r: r.request.method == "PUT" and "/comment/" in r.url):
            box = tab.page.locator(f"[id='{cell}-comment']")
            box.fill(f"Good <b>work</b> on {cell}.")
            box.blur()
    assert tab.tab.problems == []
    before = {m.task.number: m for m in entries[0].marks}
    after = {m.task.number: m for m in Course(made.folder).add("s001", HONEST).marks}
    assert (before[8].points, before[8].by_hand) == (0, 4)
    assert (after[8].points, after[8].by_hand) == (3, 0)
    assert after[8].words == "Your teacher says: Good <b>work</b> on 01-editor."
    assert after[1].words.endswith("Your teacher says: Good <b>work</b> on 01-pounds.")


def test_our_own_pages_hold_it_as_text(course, chromium):
    pages = [
        course[0].folder / "overview.html",
        *sorted((course[0].folder / "feedback").rglob("*.html")),
    ]
    assert len(pages) == 4
    tab = Watch(visit(chromium, course[0].folder.as_uri()), course[0].folder.as_uri())
    for page in pages:
        tab.page.goto(page.as_uri())
        tab.settle()
        assert tab.page.evaluate("() => window.fired") is None
        assert (
            tab.page.evaluate("() => document.querySelectorAll('img, svg, script, a').length") == 0
        )
    assert tab.tab.requested == [page.as_uri() for page in pages]
    assert tab.dialogs == tab.tab.problems == []
    tab.page.context.close()


# The server alone, where something slips through


def test_the_policy_stops_what_slips_through(watch, tmp_path):
    texts = [text for title, text in CONTROLS.items() if title != "leave"]
    answers = {"all": texts, "leave": [CONTROLS["leave"]]}
    with marking(as_written(tmp_path / "course", answers).folder, tmp_path) as server:
        tab = watch(server)
        tab.open_submission("all")
        did = tab.did()
        assert set(did) == {"asked"}
        assert set(did["asked"]) <= set(tab.stopped), "None of these has left the browser."
        # A page can be left, but nothing is taken along.
        tab = watch(server)
        tab.open_submission("leave")
        assert set(tab.did()) <= {"asked"}


def test_there_is_nothing_but_marking(server):
    token = re.search(r"token=\w+", server.way_in)[0]

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    opener = urllib.request.build_opener(Stay)

    def status(path: str, **options: Any) -> int:
        request = urllib.request.Request(f"{server.url}{path}", **options)
        try:
            with opener.open(request, timeout=20) as answer:
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    assert status(f"/formgrader/gradebook?{token}") == 200
    assert status("/formgrader/gradebook") == 302, "Nobody gets in without the token."
    for path in (
        *("/api/kernels", "/api/kernelspecs", "/api/sessions", "/api/contents", "/api/terminals"),
        *("/files/gradebook.db", "/view/overview.html", "/nbconvert/html/x.ipynb", "/lab", "/tree"),
        "/formgrader/api/assignment/x",
        "/formgrader/api/submission/x/y/autograde",
        "/formgrader/submissions/x/gradebook.db",
        # Formgrader writes these into a script.
        "/formgrader/manage_students/%22;alert(1);%22",
        "/formgrader/manage_students/a%5C",
        "/formgrader/gradebook/%3C%2Fscript%3E",
    ):
        assert status(f"{path}?{token}") == 404, path
    for path in (
        "/formgrader?path=/tmp",
        "/formgrader/?path=/tmp",
        "/formgrader/manage_assignments",
    ):
        assert status(f"{path}&{token}".replace("&", "?" if "?" not in path else "&")) == 302
    assert status(f"/formgrader/manage_students/%E5%AD%A6?{token}") == 200


def test_what_is_replaced_in_the_templates_is_in_them():
    templates = [p for p in Path(handlers.template_path).rglob("*") if p.is_file()]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in templates)
    for theirs in mark._REPLACED:
        assert theirs in texts
    assert len(list(mark._hashes())) == 5


def test_a_folder_without_a_gradebook_is_refused_in_words(tmp_path, capsys):
    from aiimpact.classroom.__main__ import main

    assert main(["mark", "--out", str(tmp_path)]) == 1
    assert "Grade a class first" in capsys.readouterr().err
