"""Pages that ask no other host for anything: handouts, feedback, the overview of a class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import zip_longest

from aiimpact import words

_STYLE = """
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #1c1c1c; background: #fff; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2rem; }
pre, code { font: 0.85rem/1.45 ui-monospace, monospace; }
pre { background: #f4f4f2; padding: 0.6rem 0.8rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; border-radius: 3px; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid #ccc; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
details { margin: 0.6rem 0; } .open { color: #8a3b00; } .done { color: #12603a; }
.anchor-link, .jp-InputPrompt, .prompt { display: none; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } h2 { break-after: avoid; }
  pre, tr { break-inside: avoid; } }
@page { size: A4; margin: 18mm; }
"""
# The gaps between Han and Latin are a matter of the browser, emphasis is dots below.
_CHINESE = """
:lang(zh) { text-autospace: normal; line-break: strict; }
:lang(zh) em { font-style: normal; text-emphasis: filled dot; text-emphasis-position: under right; }
:lang(zh-Hans) body { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
:lang(zh-Hant-HK) body { font-family: system-ui, "PingFang HK", "Microsoft JhengHei", "Noto Sans CJK HK", sans-serif; }
"""


def page(title: str, body: str, language: str = "", style: str = "") -> str:
    """Write a whole page around a body that is HTML already.

    Parameters
    ----------
    title : str
        Its title, as text.
    body : str
        Its body, as HTML.
    language : str
        Language of the page; the one in use, if left out.
    style : str
        CSS of its own, after what all pages have.

    Returns
    -------
    str
        HTML without scripts, that a browser lets load nothing.
    """
    language = language or words.language()
    chinese = _CHINESE if language.startswith("zh") else ""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{style}{chinese}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table; everything in it is text, numbers stand on the right.

    Parameters
    ----------
    head : sequence of str
        Titles of the columns.
    rows : iterable of sequences
        Values in the order of the columns.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> table(["a"], [["<b>"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
    """
    rows = list(rows)
    kinds = (
        [' class="number"' if isinstance(x, int | float) else "" for x in rows[0]] if rows else []
    )
    titles = "".join(
        f"<th{kind}>{escape(title)}</th>" for title, kind in zip_longest(head, kinds, fillvalue="")
    )
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f'<td class="number">{value:g}</td>'
    return f"<td>{escape(str(value))}</td>"
