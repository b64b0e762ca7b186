"""A table in which cells can be filled while every other byte stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from aiimpact.classroom.grading.class_tables import decoded, delimiter


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Parameters
    ----------
    text : str
        What it holds, without quotes.
    start, end : int
        Where it stands in the text of the table, with its quotes.
    quoted : bool
        Whether it stands in quotes.
    """

    text: str
    start: int
    end: int
    quoted: bool


@dataclass
class Sheet:
    """A table as a platform has exported it.

    Parameters
    ----------
    raw : bytes
        What is in the file.
    """

    raw: bytes
    rows: list[list[Cell]] = field(init=False)

    def __post_init__(self) -> None:
        """Read the cells."""
        self._text, self._encoding = decoded(self.raw)
        self._between = delimiter(self._text)
        self._new: dict[int, tuple[Cell, str]] = {}
        self.rows = [row for row in self._read() if any(cell.text.strip() for cell in row)]

    def _read(self) -> Iterator[list[Cell]]:
        text, between = self._text, self._between
        at, row = int(text.startswith("\ufeff")), list[Cell]()
        while at < len(text):
            cell = self._cell(at)
            row.append(cell)
            at = cell.end
            if text[at : at + 1] == between:
                at += 1
                if at < len(text):
                    continue
                row.append(Cell("", at, at, False))
            at += 2 if text.startswith("\r\n", at) else 1
            yield row
            row = []

    def _cell(self, start: int) -> Cell:
        text, at = self._text, start
        if text[at] == '"':
            at += 1
            while at < len(text):
                if text[at] != '"':
                    at += 1
                elif text[at : at + 2] == '""':
                    at += 2
                else:
                    at += 1
                    break
            quoted = text[start + 1 : at - 1].replace('""', '"')
            end = self._end(at)
            return Cell(quoted + text[at:end], start, end, True)
        end = self._end(at)
        return Cell(text[start:end], start, end, False)

    def _end(self, at: int) -> int:
        found = [self._text.find(sign, at) for sign in (self._between, "\r", "\n")]
        return min((place for place in found if place >= 0), default=len(self._text))

    def fill(self, cell: Cell, text: str) -> None:
        """Put something else into a cell.

        Parameters
        ----------
        cell : Cell
            One of this table's.
        text : str
            Digits and a decimal sign.
        """
        quoted = cell.quoted or self._between in text
        self._new[cell.start] = (cell, f'"{text}"' if quoted else text)

    def written(self) -> bytes:
        r"""Write the table, all but the filled cells as it was.

        Returns
        -------
        bytes
            What belongs into the file.

        Examples
        --------
        >>> sheet = Sheet(b'a;b\r\n"x;y";\r\n')
        >>> sheet.fill(sheet.rows[1][1], "20")
        >>> sheet.written()
        b'a;b\r\n"x;y";20\r\n'
        """
        parts, at = [], 0
        for start in sorted(self._new):
            cell, text = self._new[start]
            parts += [self._text[at:start], text]
            at = cell.end
        return "".join([*parts, self._text[at:]]).encode(self._encoding, "surrogatepass")
