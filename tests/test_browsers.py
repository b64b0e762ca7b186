"""The book in Firefox and in WebKitGTK, Safari's relative: `make test-browsers`."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import built
import engines
import pytest
from conftest import Site, _Quiet, _unavailable
from test_page import COMPUTED, FOCUSABLE, MOVED, agree, numbers_of, press, random_settings
from test_questions import CHECK_ALL, FOUND, data_of, plain, right_answers, sortings
from test_zip import USE_ALL

pytestmark = pytest.mark.browsers

FROM_DISK = "chapters/01_training_footprint.html"
WIDTHS = (360, 768, 1280)
FRAME = """<!DOCTYPE html><title>Frame</title><link rel="icon" href="data:,"><script src="/listen.js"></script>
<body style="margin: 0">"""
# A window is not as narrow as a phone in every browser; a frame is.
FRAMED = """async ([src, width]) => {
  const frame = document.createElement("iframe");
  frame.style = `border: 0; height: 740px; width: ${width}px`;
  frame.src = src;
  document.body.replaceChildren(frame);
  await new Promise((done) => frame.addEventListener("load", done));
}"""
WIDER = """async (widths) => {
  const frame = document.querySelector("iframe");
  const page = frame.contentWindow;
  for (const explorer of Object.values(page.explorers ?? {})) await explorer.set({});
  for (const fold of page.document.querySelectorAll("details")) fold.open = true;
  const wider = {};
  for (const width of widths) {
    frame.style.width = `${width}px`;
    // A chart takes its new width a moment after its box.
    for (let i = 0; i < 60; i++) {
      await new Promise(requestAnimationFrame);
      wider[width] = page.document.documentElement.scrollWidth - page.innerWidth;
      if (i > 2 && wider[width] <= 0) break;
    }
  }
  return [wider, page.complaints.splice(0)];
}"""
# What lies in folds is unfolded first.
UNFOLD = """for (let e = found; (e = e.parentElement.closest("details")); ) e.open = true;"""
WAKE = f"""async (name) => {{
  const found = document.querySelector(`[data-explorer="${{name}}"]`);
  {UNFOLD}
  found.scrollIntoView();
  while (!found.matches(".explorer-awake")) await new Promise(requestAnimationFrame);
  found.querySelector(".explorer-veil button")?.click();
}}"""
FOCUS = f"""([selector, within, place = 0]) => {{
  const found = document.querySelector(selector).querySelectorAll(within)[place];
  {UNFOLD}
  found.focus();
}}"""
SHOWN = """async (name) => {
  const root = document.querySelector(`[data-explorer="${name}"]`);
  const outputs = await window.explorers[name].set({});
  return {
    outputs, inputs: await window.explorers[name].inputs(),
    values: Object.fromEntries([...root.querySelectorAll("[data-output]")].map((e) => [e.dataset.output, Number(e.dataset.value)])),
  };
}"""


class Reader:
    """Somebody with another browser."""

    def __init__(self, engine: engines.Engine, url: str) -> None:
        self.engine, self.url, self.page = engine, url, ""
        self.keyboard = engines.Keyboard(engine)

    def __call__(self, function: str, argument: Any = None) -> Any:
        return engines.evaluate(self.engine, function, argument)

    def open(self, page: str) -> None:
        """Open a page of the site, or one with a whole address, if it is not open."""
        if page != self.page:
            self.engine.go(urljoin(self.url, page))
            self.page = page

    def complaints(self) -> list[str]:
        own = urljoin(urljoin(self.url, self.page), "/")
        return self.engine.console() + self(engines.COMPLAINTS, own)


@pytest.fixture(scope="session")
def heard(site: Site) -> Iterator[str]:
    """Serve the site anew, with an ear in each page."""
    (site.root / "listen.js").write_text(engines.LISTEN, encoding="utf-8")
    (site.root / "refuse.js").write_text(engines.LISTEN + engines.REFUSE, encoding="utf-8")
    (site.root / "frame.html").write_text(FRAME, encoding="utf-8")

    class Listening(_Quiet):
        def send_head(self) -> Any:
            path = Path(self.translate_path(self.path))
            if path.suffix != ".html" or not path.is_file():
                return super().send_head()
            refused = self.path.endswith("?refused")
            page = with_ear(path, "/refuse.js" if refused else "/listen.js").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            return io.BytesIO(page)

    handler = functools.partial(Listening, directory=str(site.root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def with_ear(path: Path, script: str) -> str:
    text = path.read_text(encoding="utf-8")
    return text.replace("<head>", f'<head><script src="{script}"></script>', 1)


@pytest.fixture(scope="session")
def readers(
    heard: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Reader]]:
    """Give a reader by the name of their browser, which starts once."""
    with contextlib.ExitStack() as at_the_end:

        @functools.cache
        def find(name: str) -> Reader:
            start = getattr(engines, name)(tmp_path_factory.mktemp(name))
            try:
                return Reader(at_the_end.enter_context(start), heard)
            except engines.MissingError as missing:
                return _unavailable(str(missing))

        yield find


@pytest.fixture(params=["firefox", "webkit"])
def reader(request: pytest.FixtureRequest, readers: Callable[..., Reader]) -> Iterator[Reader]:
    """One of the two; at the end the page may not have complained."""
    found = readers(request.param)
    yield found
    assert found.complaints() == []


def test_explorers_have_pythons_numbers_and_move_by_keyboard(reader, explorer_page):
    reader.open(explorer_page)
    for address in (a for a in built.explorers() if a.page == explorer_page):
        name, explorer = address.name, built.python(address)
        reader(WAKE, name)
        settings = random_settings(explorer, 100)
        drawn = settings[:6]
        results = reader(MOVED, [name, drawn]) + reader(COMPUTED, [name, settings[6:]])
        wanted = [explorer.evaluate(**inputs) for inputs in settings]
        differ = [c for c in zip(settings, results, wanted, strict=True) if not agree(*c[1:])]
        assert differ[:3] == [], name
        shown = reader(SHOWN, name)
        assert agree(shown["values"], numbers_of(wanted[5])), name

        reader("(name) => window.explorers[name].reset()", name)
        before = reader(SHOWN, name)["inputs"]
        first, widget = next(iter(explorer.controls.items()))
        reader(FOCUS, [f'[data-explorer="{name}"] [data-input="{first}"]', FOCUSABLE])
        press(SimpleNamespace(page=reader), widget, before[first])
        moved = reader(SHOWN, name)
        assert {key for key in before if moved["inputs"][key] != before[key]} == {first}, name
        wanted = explorer.evaluate(**moved["inputs"])
        assert agree(moved["outputs"], wanted), name
        assert agree(moved["values"], numbers_of(wanted)), name
        reader("(name) => window.explorers[name].reset()", name)


RAIL = """async (theme) => {
  document.documentElement.dataset.theme = theme;
  const rail = document.querySelector(".explorer-rail"), { color } = getComputedStyle(rail.closest(".explorer"));
  return ["track", "progress"].map((part) => getComputedStyle(rail, `::-moz-range-${part}`).backgroundColor).concat(color);
}"""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_left_of_a_rail_does_not_outshine_what_is_done(readers, theme):
    reader = readers("firefox")
    reader.open("book/chapters/00_the_boom.html")
    reader(WAKE, "boom")
    left, done, ink = ([int(c) for c in re.findall(r"\d+", rgb)[:3]] for rgb in reader(RAIL, theme))
    reader("() => { delete document.documentElement.dataset.theme }")
    # Grey, with a colour before it, and never as bright or as dark as the words.
    assert max(left) - min(left) < 20 < max(done) - min(done)
    assert abs(sum(left) - sum(ink)) > 150


def answer_by_keyboard(reader: Reader, root: str, question: Any) -> Any:
    """Give a question its right answer, as somebody without a mouse does."""
    keyboard = reader.keyboard
    right = None if question.kind == "open" else right_answers(question)[0]
    if question.kind == "sort":
        for place, thing in enumerate(question._boxes.things):
            reader(FOCUS, [root, "select", place])
            steps = question._boxes.boxes.index(right[thing.text]) + 1
            keyboard.press("Home", *["ArrowDown"] * steps)
        reader(FOCUS, [root, ".ask-check"])
    else:
        reader(FOCUS, [root, ".ask-box, [type=radio]"])
    if question._options:
        first, next_one = (
            ("Space", "ArrowDown") if question.kind == "choices" else ("Home", "ArrowRight")
        )
        keyboard.press(first, *[next_one] * list(question._options).index(right))
    elif question.kind == "open":
        keyboard.type("Because.")
        keyboard.press("Tab")
    elif question.kind == "number":
        keyboard.type(plain(right))
    keyboard.press("Enter")
    return right


def answers_to(question: Any) -> list[Any]:
    if question.kind == "sort":
        return sortings(question)
    return list(question._options or []) or [*right_answers(question), 0.0, 1e300]


def test_questions_wake_and_judge_as_python_does(reader, question_page):
    reader.open(question_page)
    asleep = "() => document.querySelectorAll('[data-question]:not(.ask-awake)').length"
    assert reader(asleep) == 0
    addresses = [address for address in built.questions() if address.page == question_page]
    kinds = {built.question(address).kind: address.name for address in reversed(addresses)}
    for address in addresses:
        name, question = address.name, built.question(address)
        if kinds[question.kind] == name:
            root = f'[data-question="{name}"]'
            right = answer_by_keyboard(reader, root, question)
            found = reader(f"() => ({FOUND})(document.querySelector('{root}'))")
            data = data_of(question)
            tone, words, _ = question.check(right) if right else (None, data["compare"], None)
            label = data["labels"].get(tone, "")
            assert (found["tone"], found["words"]) == (tone, f"{label} {words}".strip()), name
            assert found["answer"]
        if question.kind != "open" and "explorer" not in data_of(question):
            answers = answers_to(question)
            told = reader(CHECK_ALL, [name, answers])
            assert told == [list(question.check(answer)) for answer in answers], name
        reader("(name) => window.questions[name].reset()", name)


def test_nothing_is_wider_than_the_screen(reader, any_page):
    reader.open("frame.html")
    reader(FRAMED, [f"/{any_page}", WIDTHS[0]])
    wider, complaints = reader(WIDER, WIDTHS)
    assert {width: by for width, by in wider.items() if by > 0} == {}
    assert complaints == []


def use_all(reader: Reader) -> None:
    used = reader(USE_ALL)
    assert len(used) > 10
    assert [name for name, alive in used.items() if not alive] == []


def test_a_page_lives_where_storage_is_refused(reader):
    reader.open(f"book/{FROM_DISK}?refused")
    use_all(reader)
    mode = "() => document.documentElement.dataset.mode"
    before = reader(mode)
    reader("() => document.querySelector('.theme-switch-button').click()")
    assert reader(mode) != before


def test_a_page_from_disk_comes_alive(reader, html, tmp_path):
    for path in html.iterdir():
        if path.name != "chapters":
            (tmp_path / path.name).symlink_to(path)
    page = tmp_path / FROM_DISK
    page.parent.mkdir()
    page.write_text(with_ear(html / FROM_DISK, "../listen.js"), encoding="utf-8")
    (tmp_path / "listen.js").write_text(engines.LISTEN, encoding="utf-8")
    reader.open(page.as_uri())
    use_all(reader)


FAULT = """async () => {
  console.error("an error");
  setTimeout(() => { throw new Error("uncaught"); });
  Promise.reject(new Error("unkept"));
  document.body.append(Object.assign(new Image(), { src: "/nowhere.png" }));
  await new Promise((done) => setTimeout(done, 500));
}"""


def test_what_goes_wrong_is_noticed(reader):
    reader.open("frame.html")
    reader(FAULT)
    heard = "\n".join(reader.complaints())
    assert all(word in heard for word in ("an error", "uncaught", "unkept", "nowhere.png"))
    reader(FRAMED, [f"/{built.SAMPLE}", WIDTHS[0]])
    reader("() => { frames[0].document.querySelector('h1').style.width = '800px'; }")
    wider, _ = reader(WIDER, WIDTHS)
    assert [width for width, by in wider.items() if by > 0] == ["360", "768"]
