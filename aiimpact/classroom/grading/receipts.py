"""What nbgrader's exchange needs to give a page back: the receipt that lies beside each submission.

`nbgrader submit` leaves a time and a secret; the page is released under a name that is made of the
secret, so that nobody but its student can find it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from aiimpact.classroom.grading import intake, reports
from aiimpact.classroom.grading.entries import Entry

TIME, SECRET = "timestamp.txt", "submission_secret.txt"
_FORMS = {TIME: r"[\dA-Za-z :.+-]{1,60}", SECRET: r"[\w-]{16,256}"}


def keep(entries: Sequence[Entry], submissions: Path, out: Path) -> None:
    """Lay the receipts beside the pages of feedback, where `nbgrader release_feedback` wants them.

    A class that did not come through an exchange has none, and nothing is written. In one that did,
    a submission without a receipt would stop the release of all: it gets one that opens nothing.

    Parameters
    ----------
    entries : sequence of aiimpact.classroom.grading.entries.Entry
        What was handed in. Those that were graded have their page already.
    submissions : pathlib.Path
        Folder of the submissions. Only read.
    out : pathlib.Path
        Folder of the reports.
    """
    graded = [entry for entry in entries if not entry.set_aside]
    found = [_receipt(entry, submissions) for entry in graded]
    if not any(found):
        return
    for entry, receipt in zip(graded, found, strict=True):
        folder = reports.page_of(out, entry.student, entry.exercise).parent
        if not receipt and (folder / SECRET).exists():
            continue
        for name, text in (receipt or {TIME: "", SECRET: secrets.token_hex(64)}).items():
            (folder / name).write_text(text, encoding="utf-8")


def _receipt(entry: Entry, submissions: Path) -> dict[str, str]:
    """Read a receipt; empty if it is not whole, or not what nbgrader writes."""
    found = {}
    for name, form in _FORMS.items():
        path = (submissions / entry.file).parent / name
        try:
            text = intake.Found(entry.student, name, path).read().decode("ascii", "replace")
        except intake.SetAsideError:
            return {}
        if not re.fullmatch(form, text):
            return {}
        found[name] = text
    return found
