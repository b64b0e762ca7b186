"""What a student wrote is text wherever it is shown: in Formgrader, JupyterLab, nbconvert and our pages."""

from __future__ import annotations

import html.parser
import re
import time

import nbformat
import pytest
from hostile import FAILED, HONEST, HOSTILE, PRINTED
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from aiimpact.classroom.grading import formulas, inert

TAGS = "div|p|ul|ol|li|blockquote|h[1-6]|table|thead|tbody|tr|th|td|em|strong|s|code|pre|span"
# Signs of ASCII that are none of these have a meaning to Markdown, to HTML or to LaTeX.
GRAMMAR = re.compile(
    rf'<div>(?:</?(?:{TAGS})>|<br>|<hr>|<ol start="\d+">|&#\d+;|[A-Za-z0-9 ,.;?()]|[^\x00-\xa0])*</div>'
)


class Text(html.parser.HTMLParser):
    """Reads the text of a page, its tags and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_answer_is_made_of_nothing_that_acts(title):
    written = inert.markdown(HOSTILE[title])
    assert GRAMMAR.fullmatch(written), written
    # nbconvert reads Markdown in its own way, and takes it as it is.
    page = Text(markdown2html_mistune(written))
    assert page.tags <= set(re.sub(r"h\[1-6\]", "h1|h2|h3|h4|h5|h6", TAGS).split("|")) | {"br"}
    assert page.attributes == set()
    assert page.text.strip() == Text(written).text.strip()


@settings(deadline=None, max_examples=300)
@given(
    st.text()
    | st.lists(st.sampled_from([*"<>$`\\[]()!*_#&|~:-\n\t '\"", "a", "$$", "<b>"])).map("".join)
)
def test_no_answer_is_made_of_anything_that_acts(text):
    written = inert.markdown(text)
    assert GRAMMAR.fullmatch(written), written
    assert Text(markdown2html_mistune(written)).text.strip() == Text(written).text.strip()


@given(
    st.lists(
        st.from_regex(r"[A-Za-z0-9ÄößéА-я学生,.;?()'!\"=+/%:-]{1,12}", fullmatch=True), max_size=20
    )
)
def test_plain_words_stay_as_they_are(words):
    text = "x " + " ".join(words) + " x"
    assert Text(inert.markdown(text)).text == text


def test_an_honest_answer_keeps_its_form():
    page = Text(inert.markdown(HONEST))
    assert {"em", "strong", "ul", "li", "code", "pre", "table", "th", "td"} <= page.tags
    for words in (
        "284 t CO₂e",
        r"$E = P \cdot t \cdot \mathrm{PUE}$ with $P \lt 10$ MW",
        "tonnes = pounds * 0.4536 / 1000\nprint(tonnes < 300)\n",
        r"$$\frac{626000 \cdot 0.4536}{1000} \approx 284$$",
        "It cost $5, and I don't know what the paper (https://example.org/paper) says.",
    ):
        assert words in page.text


def test_an_ordered_list_keeps_its_first_number():
    assert inert.markdown("3. x") == '<div><ol start="3"><li>x</li></ol></div>'


def test_a_long_answer_takes_no_long_time_and_is_cut():
    for text in ("[" * 10**6, "*a " * 10**6, "> " * 10**6, "|a" * 10**6, "$a" * 10**6):
        began = time.process_time()
        written = inert.markdown(text)
        assert time.process_time() - began < 20
        assert "(cut here)" in Text(written).text


@pytest.mark.parametrize(
    "source",
    [
        r"\href{javascript:alert(1)}{E}",
        r"\class{a}{E}",
        r"\def\a{\a}\a",
        r"\begin{align}x",
        r"\begin{verbatim}x\end{verbatim}",
        r"\end{cases}",
        "{",
        "}{",
        "#",
        "$",
        "`",
        '"',
        "\\",
        "a\x00",
        "x" * 2000,
    ],
)
def test_a_formula_of_anything_unknown_is_none(source):
    assert formulas.simple(source) == ""


@pytest.mark.parametrize(
    ("source", "same"),
    [
        (r"E = P \cdot t", None),
        (r"\frac{1}{2} \times 10^{-3}\,\mathrm{kg}", None),
        (r"\begin{cases} a & b \\ c & d \end{cases}", None),
        (r"50\,\% \text{ of } x_{1}", None),
        ("a<b>c", r"a\lt b\gt c"),
        (r"a &lt; b", r"a & lt; b"),
    ],
)
def test_a_formula_of_what_is_known_stays(source, same):
    assert formulas.simple(source) == (same or source)


def paper() -> nbformat.NotebookNode:
    """A paper with everything hostile in it: added cells, answers, outputs, names, attachments."""
    of_answer = {"nbgrader": {"grade_id": "01-editor", "solution": True, "grade": True}}
    cells = [new_markdown_cell(text) for text in HOSTILE.values()]
    cells += [new_markdown_cell(text, metadata=of_answer) for text in (HOSTILE["image"],)]
    cells.append(
        new_markdown_cell("![a](attachment:a.svg)", attachments={"a.svg": {"text/html": "x"}})
    )
    cells.append(new_code_cell("%%html\n" + HOSTILE["image"]))
    name, _, words = FAILED.partition(": ")
    cells[-1].outputs = [
        new_output("stream", text=PRINTED),
        new_output("error", ename=name, evalue=words, traceback=[FAILED]),
    ]
    return new_notebook(
        cells=cells,
        metadata={"widgets": {"x": 1}, "kernelspec": {"name": "../evil", "display_name": "x"}},
    )


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_page_of_nbconvert_holds_no_element_of_a_student(template):
    def of(notebook: nbformat.NotebookNode) -> Text:
        page, _ = HTMLExporter(template_name=template, exclude_input=False).from_notebook_node(
            notebook
        )
        return Text(page)

    empty = of(new_notebook(cells=[new_markdown_cell(""), new_code_cell("1")]))
    shown = of(inert.notebook(paper()))
    in_all = {"em", "strong", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "s"}
    ours = set(re.sub(r"h\[1-6\]", "h1|h2|h3", TAGS).split("|")) | {"br", "hr"} | in_all
    assert shown.tags <= empty.tags | ours
    assert {name for _, name in shown.attributes} <= {name for _, name in empty.attributes} | {
        "start"
    }
    assert "fired" in shown.text


def test_only_text_is_left_of_a_notebook():
    found = inert.notebook(paper())
    nbformat.validate(found)
    assert set(found.metadata) == {"kernelspec"}
    assert found.metadata.kernelspec.name == "python3"
    assert not any("attachments" in cell for cell in found.cells)
    outputs = [output for cell in found.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {"stream", "error"}
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "".join(map(str, outputs)))


def test_an_output_of_another_kind_is_refused():
    cell = new_code_cell("1", outputs=[new_output("display_data", {"text/html": "<b>"})])
    with pytest.raises(ValueError, match="a stream or an error"):
        inert.notebook(new_notebook(cells=[cell]))


def test_what_is_ours_is_left_as_it_is():
    ours = new_markdown_cell("<details>x</details>", metadata={"handed_out": True})
    locked = new_markdown_cell(
        "<b>x</b>", metadata={"nbgrader": {"locked": True, "solution": False}}
    )
    found = inert.notebook(new_notebook(cells=[ours, locked]))
    assert [cell.source for cell in found.cells] == ["<details>x</details>", "<b>x</b>"]
