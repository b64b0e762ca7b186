"""The tones in which a check answers a student: missing, or keep working."""

from __future__ import annotations

from typing import ClassVar


class Reply(AssertionError):  # noqa: N818 - a student reads these names
    """What a check has to say; a notebook shows the words without the way to them."""

    tone: ClassVar[str]

    def __init__(self, words: str, slip: str = "") -> None:
        super().__init__(f"{self.tone}: {words}")
        self.words = words
        self.slip = slip

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Missing(Reply):
    """Nothing there yet."""

    tone = "Missing"


class KeepWorking(Reply):
    """Something is there, and it is not right."""

    tone = "Keep working"


class Unsendable:
    """Stands for a value that an exam cannot look at."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
