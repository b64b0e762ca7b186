"""The tones in which a check answers a student: missing, or keep working."""

from __future__ import annotations

from typing import ClassVar

from aiimpact.words import say


class Reply(AssertionError):  # noqa: N818 - a student reads these names
    """What a check has to say; a notebook shows the words without the way to them.

    Parameters
    ----------
    words : str
        Behind the tone.
    slip : str
        Name of the slip, if it has one.
    hint : str
        The part of the words that is ours, with nothing of the student's in it.
    raised : str
        Kind of the error that the student's function has raised, if it did.
    """

    tone: ClassVar[str]

    def __init__(self, words: str, slip: str = "", *, hint: str = "", raised: str = "") -> None:
        super().__init__(self.toned(words))
        self.words = words
        self.slip = slip
        self.hint = hint
        self.raised = raised

    @classmethod
    def toned(cls, words: str) -> str:
        """Put the tone before what is said.

        Parameters
        ----------
        words : str
            What is said.

        Returns
        -------
        str
            The whole.
        """
        raise NotImplementedError

    def within(self, words: str) -> Reply:
        """Say the same in other words.

        Parameters
        ----------
        words : str
            What it is about, with these words in it.

        Returns
        -------
        Reply
            In the same tone.
        """
        return type(self)(words, self.slip, hint=self.hint, raised=self.raised)

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Missing(Reply):
    """Nothing there yet."""

    tone = "Missing"

    @classmethod
    def toned(cls, words: str) -> str:
        """Put the tone before what is said."""
        return say("Missing: {words}", words=words)


class KeepWorking(Reply):
    """Something is there, and it is not right."""

    tone = "Keep working"

    @classmethod
    def toned(cls, words: str) -> str:
        """Put the tone before what is said."""
        return say("Keep working: {words}", words=words)


class Unsendable:
    """Stands for a value that an exam cannot look at."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
