"""nbgrader's gradebook: points are read off the outputs of tests and kept in its database.

The folder around it is a course of nbgrader, so that its Formgrader opens it for what is marked by
hand: see :mod:`aiimpact.classroom.grading.mark`.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from nbformat.v4 import new_notebook, new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, LimitOutput, SaveAutoGrades, SaveCells

from aiimpact.classroom.grading import editions, inert
from aiimpact.classroom.grading.entries import Mark
from aiimpact.words import say, sentences

_COURSE = "exercises"
_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


class Book:
    """The gradebook of one folder, open until the block around it ends.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is, or is to be.
    exercises : dict of str to nbformat.NotebookNode
        The sources that were handed in, by name.

    Raises
    ------
    RuntimeError
        If cells were added or taken away since something was graded here.
    """

    def __init__(self, folder: Path, exercises: dict[str, Any]) -> None:
        self._folder = folder
        self._url = f"sqlite:///{(folder / 'gradebook.db').resolve()}"
        self._tasks = {name: editions.tasks(source) for name, source in exercises.items()}
        self._answers = {name: editions.answers(source) for name, source in exercises.items()}
        folder.mkdir(parents=True, exist_ok=True)
        # A new gradebook calls `alembic`, which lies beside this Python.
        beside = str(Path(sys.executable).parent)
        if beside not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
        config = f"c = get_config()\nc.CourseDirectory.course_id = {_COURSE!r}\n"
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
        # One for all: what SQLAlchemy has compiled once it knows as long as a database is open.
        self._book = Gradebook(self._url, _COURSE)
        self._book.db.remove()
        self._book.db.session_factory.configure(expire_on_commit=False)
        for name, source in exercises.items():
            self._book.update_or_create_assignment(name)
            try:
                SaveCells().preprocess(editions.with_tests(source), self._resources(name))
            except RuntimeError as error:
                self._book.close()
                msg = say(
                    "The exercises have changed since {folder} was begun. Give another OUT.",
                    folder=folder,
                )
                raise RuntimeError(msg) from error

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def record(
        self, student: str, exercise: str, cells: list[Any], ran: list[dict[str, str]]
    ) -> list[Mark]:
        """Write down what came out of one exam.

        Parameters
        ----------
        student : str
            Name of the student, fit for a file.
        exercise : str
            Name of the exercise.
        cells : list of nbformat.NotebookNode
            The paper. Its code cells get outputs.
        ran : list of dict
            What became of the code cells, in order: `printed`, `failed`, `slip`.

        Returns
        -------
        list of Mark
            One for each task. What a teacher has marked by hand stands.
        """
        said = _fill(cells, ran)
        notebook = new_notebook(cells=cells, metadata=_KERNEL)
        resources = self._resources(exercise)
        LimitOutput().preprocess(notebook, resources)
        grades, comments = self._save(student, exercise, notebook, resources)
        path = self._folder / "autograded" / student / exercise / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        # What can be handed back holds no hidden test, and what a browser shows nothing that acts.
        shown, _ = ClearHiddenTests().preprocess(inert.notebook(notebook), resources)
        nbformat.write(shown, path)
        answers = self._answers[exercise]
        return [
            _mark(task, grades, said, [comments.get(x) for x in answers.get(task.number, [])])
            for task in self._tasks[exercise]
        ]

    def _save(
        self, student: str, exercise: str, notebook: Any, resources: Any
    ) -> tuple[dict[str, Any], dict[str, str | None]]:
        """Save points as nbgrader's autograder does; give grades and a teacher's comments by cells."""
        book = self._book
        book.update_or_create_student(student)
        # nbgrader 0.9.6 looks into a submission before it adds it, of which SQLAlchemy warns.
        with book.db.no_autoflush:
            book.update_or_create_submission(exercise, student)
        (submitted,) = book.find_submission(exercise, student).notebooks
        grades = {grade.name: grade for grade in submitted.grades}
        comments = {comment.name: comment for comment in submitted.comments}
        step = SaveAutoGrades()
        step.notebook_id = step.assignment_id = exercise
        step.student_id = student
        # It looks each cell up by itself and commits each by itself: here that is done once for all.
        step.gradebook = SimpleNamespace(
            find_grade=lambda name, *_: grades[name],
            find_comment=lambda name, *_: comments[name],
            db=SimpleNamespace(commit=lambda: None),
        )
        for index, cell in enumerate(notebook.cells):
            step.preprocess_cell(cell, resources, index)
        book.db.commit()
        return grades, {name: comment.manual_comment for name, comment in comments.items()}

    def _resources(self, name: str) -> dict[str, Any]:
        return {"nbgrader": {"notebook": name, "assignment": name, "db_url": self._url}}


def _fill(cells: list[Any], ran: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Give code cells their outputs, in the form from which nbgrader takes the points."""
    said = {}
    results = iter(ran)
    for cell in cells:
        if cell.cell_type != "code":
            continue
        result = next(results)
        if utils.is_grade(cell):
            said[cell.metadata.nbgrader.grade_id] = result
        cell.outputs = []
        if result["printed"]:
            cell.outputs.append(new_output("stream", text=result["printed"]))
        if result["failed"]:
            name, *rest = re.split(r": |：", result["failed"], maxsplit=1)
            words = rest[0] if rest else ""
            cell.outputs.append(
                new_output("error", ename=name, evalue=words, traceback=[result["failed"]])
            )
    return said


def _mark(
    task: editions.Task,
    grades: dict[str, Any],
    said: dict[str, dict[str, str]],
    comments: list[str | None],
) -> Mark:
    found = [grades[name] for name in task.cells]
    results = [said[name] for name in task.cells if name in said]
    waiting = [x for x in found if x.auto_score is None and x.manual_score is None]
    # Of what went well, the last line will do.
    words = [x["failed"] or (x["printed"].splitlines() or [""])[-1] for x in results]
    words += [say("Your teacher says: {comment}", comment=x) for x in comments if x]
    return Mark(
        task,
        points=sum(float(x.score) for x in found),
        by_hand=sum(float(x.max_score) for x in waiting),
        words=" ".join(sentences(*words).split()),
        slip=next((result["slip"] for result in results if result["slip"]), ""),
    )
