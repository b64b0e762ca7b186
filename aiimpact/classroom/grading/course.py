"""A course of nbgrader made of the exercises: for a hub on which students fetch and hand in."""

from __future__ import annotations

from pathlib import Path

import nbformat

from aiimpact.classroom.grading import editions
from aiimpact.classroom.numbers import HUB_USER

COURSE = "footprint"
"""How a course is called, if nobody says otherwise."""

EXCHANGE = Path("/srv/nbgrader/exchange")
"""Where an exchange is, if nobody says otherwise."""

_SHARED = """\
c = get_config()
c.CourseDirectory.course_id = {course!r}
c.Exchange.root = {exchange!r}
"""
_EVERYBODY = (
    """\
# What everybody on the hub shares: /etc/jupyter/nbgrader_config.py
import os

"""
    + _SHARED
    + """\
# Students hand in under the name of their login, whatever the system calls them.
c.CourseDirectory.student_id = os.environ.get({variable!r}, "*")
# A notebook with another name is refused when it is handed in, not missed when it is graded.
c.ExchangeSubmit.strict = True
"""
)
_TEACHER = (
    """\
# The teacher's: nbgrader reads it where it is started in this folder.
"""
    + _SHARED
    + """\
c.CourseDirectory.student_id = "*"
# An open task says that it is missing, in a check's words; nbgrader's own stub stops the notebook.
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
# Where `python -m aiimpact.classroom grade submitted --out grading` writes the students' pages.
c.CourseDirectory.feedback_directory = "grading/feedback"
# Of a submission counts who has written it, not what it is called.
c.ExchangeFactory.collect = "aiimpact.classroom.grading.exchange.Collect"
"""
)


def settings(course: str | None = None, exchange: Path | None = None) -> str:
    """Write nbgrader's settings for everybody on a hub.

    Parameters
    ----------
    course : str, optional
        How the course is called; :data:`COURSE`, if left out.
    exchange : pathlib.Path, optional
        The folder that all of them reach; :data:`EXCHANGE`, if left out.

    Returns
    -------
    str
        What `/etc/jupyter/nbgrader_config.py` has to say.

    Raises
    ------
    ValueError
        If a course cannot be called that.

    Examples
    --------
    >>> print(settings("footprint").splitlines()[4])
    c.CourseDirectory.course_id = 'footprint'
    """
    return _EVERYBODY.format(**_given(course, exchange), variable=HUB_USER)


def make(
    out: Path,
    *,
    course: str | None = None,
    exchange: Path | None = None,
    where: Path | None = None,
    language: str = "en",
) -> list[Path]:
    """Write the teacher's folder: the sources as nbgrader wants them, and its settings.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write to.
    course : str, optional
        How the course is called; :data:`COURSE`, if left out.
    exchange : pathlib.Path, optional
        The folder that teacher and students reach; :data:`EXCHANGE`, if left out.
    where : pathlib.Path, optional
        Where the exercises are; see :func:`aiimpact.classroom.grading.editions.folder`.
    language : str
        Of the exercises: one of :data:`aiimpact.words.LANGUAGES`.

    Returns
    -------
    list of pathlib.Path
        The sources that were written.

    Raises
    ------
    ValueError
        If a course cannot be called that.
    """
    text = _TEACHER.format(**_given(course, exchange), stub=editions.STUB)
    found = editions.exercises(where, language)
    # Solutions lie in it, and a hub has other users.
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    (out / "nbgrader_config.py").write_text(text, encoding="utf-8")
    written = []
    for name, source in found.items():
        target = out / "source" / name / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(source, target)
        written.append(target)
    return written


def _given(course: str | None, exchange: Path | None) -> dict[str, str]:
    course = COURSE if course is None else course
    # It is a part of file names, and nbgrader puts names together with a plus.
    if not course or course != course.strip() or set(course) & set("+*/\\") or course[0] == ".":
        msg = f"A course cannot be called {course!r}. Take letters, digits and hyphens: {COURSE!r}."
        raise ValueError(msg)
    return {"course": course, "exchange": str(exchange or EXCHANGE)}
