"""Notebooks in which nothing that a student wrote can do anything, wherever they are opened.

Formgrader, JupyterLab and nbconvert read Markdown each in its own way, let HTML pass and typeset
formulas. A list of what is dangerous would never be complete, so an answer is read here, by a
parser that knows no HTML, and written anew: as a few tags without attributes around text in which
every sign that means something to Markdown, HTML or LaTeX is a number (`&#60;`). What then has no
meaning left to any reader of Markdown needs no trust in any.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader import utils

from aiimpact.classroom.grading import formulas
from aiimpact.classroom.grading.told import legible
from aiimpact.words import say

LONGEST = 20_000
"""How much of an answer is read as Markdown; a longer one is shown as it was typed. [characters]"""

LONGEST_SHOWN = 200_000
"""How much of any text is shown at all. [characters]"""

_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
_TAGS = frozenset(
    re.findall(
        r"\w+", "p ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td hr em strong s"
    )
)
_PLAIN = frozenset(" ,.;?()")

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
_MARKDOWN.enable(["table", "strikethrough"])
_MARKDOWN.use(
    dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
)


def notebook(given: NotebookNode) -> NotebookNode:
    """Copy a paper so that any program may show it.

    Parameters
    ----------
    given : nbformat.NotebookNode
        A paper as :func:`aiimpact.classroom.grading.assembly.assemble` puts it together, with outputs.
        Cells that are ours are copied; of all others only text is.

    Returns
    -------
    nbformat.NotebookNode
        With the same cells in the same order, and with no metadata, attachment or output but ours.
    """
    return new_notebook(cells=[_cell(cell) for cell in given.cells], metadata=_KERNEL)


def _cell(cell: NotebookNode) -> NotebookNode:
    metadata = copy.deepcopy(cell.metadata)
    if cell.cell_type == "code":
        outputs = [_output(output) for output in cell.outputs]
        source = cell.source if _is_ours(cell) else legible(cell.source, LONGEST_SHOWN)
        return new_code_cell(source, metadata=metadata, outputs=outputs)
    source = cell.source if _is_ours(cell) else markdown(cell.source)
    return new_markdown_cell(source, metadata=metadata)


def _is_ours(cell: NotebookNode) -> bool:
    """Say whether the text of a cell is from the source of the exercise."""
    ours = bool(cell.metadata.get("nbgrader")) and not utils.is_solution(cell)
    return ours or bool(cell.metadata.get("handed_out"))


def _output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        name, words = legible(output.ename, 200), legible(output.evalue, LONGEST_SHOWN)
        trace = [legible(line, LONGEST_SHOWN) for line in output.traceback]
        return new_output("error", ename=name, evalue=words, traceback=trace)
    if output.output_type == "stream":
        return new_output("stream", name="stdout", text=legible(output.text, LONGEST_SHOWN))
    msg = f"an output must be a stream or an error, got {output.output_type!r}."
    raise ValueError(msg)


def markdown(text: str) -> str:
    """Write an answer in words so that it can be read, and nothing else.

    Parameters
    ----------
    text : str
        A student's Markdown.

    Returns
    -------
    str
        One line of HTML, which Markdown lets through as it is. Lists, tables, emphasis, code and
        formulas look as they were meant. Links and pictures are words with their address behind;
        HTML is shown as it was typed.

    Examples
    --------
    >>> markdown("It is *not* <b>so</b>")
    '<div><p>It is <em>not</em> &#60;b&#62;so&#60;&#47;b&#62;</p></div>'
    >>> markdown("[Look](https://example.org)")
    '<div><p>Look (https&#58;&#47;&#47;example.org)</p></div>'
    """
    text = legible(text, LONGEST_SHOWN)
    body = _code(text) if len(text) > LONGEST else "".join(_blocks(_MARKDOWN.parse(text)))
    return f"<div>{body}</div>"


def encoded(text: str) -> str:
    """Write a text so that no sign of it means anything in Markdown or HTML.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Letters, digits and a few other signs as they are, all others by their numbers.

    Examples
    --------
    >>> encoded("a < b, ça va")
    'a &#60; b, ça va'
    """
    return "".join(
        c if c.isalnum() or c in _PLAIN or (ord(c) > 0xA0 and c.isprintable()) else f"&#{ord(c)};"
        for c in text
    )


def _text(text: str) -> str:
    # A page that typesets formulas looks for these two, between tags that have no meaning to it.
    return re.sub(r"(&#(?:36|92);)", r"<span>\1</span>", encoded(text))


def _code(text: str) -> str:
    return f"<pre><code>{encoded(text)}</code></pre>"


def _blocks(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _inline(token.children or [])
        elif token.type in ("fence", "code_block"):
            yield _code(token.content)
        elif token.type.startswith("math"):
            yield f"<p>{_formula(token.content, block=True)}</p>"
        else:
            yield _tag(token)


def _inline(tokens: Iterable[Token]) -> Iterator[str]:
    addresses: list[str] = []
    for token in tokens:
        if token.type == "code_inline":
            yield f"<code>{encoded(token.content)}</code>"
        elif token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak":
            yield "<br>"
        elif token.type == "link_open":
            is_shown = token.markup == "autolink"
            addresses.append("" if is_shown else f" ({token.attrs['href']})")
        elif token.type == "link_close":
            yield _text(addresses.pop())
        elif token.type == "image":
            told = say(
                "[picture, not shown: {text} ({address})]",
                text=token.content,
                address=token.attrs["src"],
            )
            yield _text(told)
        elif token.type.startswith("math"):
            yield _formula(token.content, block=token.type == "math_inline_double")
        elif token.nesting:
            yield _tag(token)
        else:
            yield _text(token.content)


def _tag(token: Token) -> str:
    """Write the beginning or the end of an element, without what it might have in it."""
    if token.hidden or token.tag not in _TAGS:
        return _text(token.content)
    if token.nesting < 0:
        return f"</{token.tag}>"
    start = token.attrs.get("start") if token.tag == "ol" else None
    return f'<ol start="{int(start)}">' if start is not None else f"<{token.tag}>"


def _formula(source: str, *, block: bool) -> str:
    sign = "$$" if block else "$"
    if known := formulas.simple(source):
        return f"<span>{encoded(f'{sign}{known}{sign}')}</span>"
    return f"<code>{encoded(f'{sign}{source}{sign}')}</code>"
