"""Texts of the classroom in the language of whoever reads them.

What a check says, it says at once (:func:`aiimpact.words.say`). What a student reads in one language
and the teacher in another, or what is known before anybody reads it, is said later.
"""

from __future__ import annotations

from typing import Any

from aiimpact.words import say


class Later(str):
    """A text that is said where it is shown; by itself it is English.

    Parameters
    ----------
    text : str
        The English text; `{name}` in it is a place for a value.
    values : dict, optional
        What stands in the places; texts that are said later too, if they are such.
    """

    text: str
    values: dict[str, Any]

    def __new__(cls, text: str, values: dict[str, Any] | None = None) -> Later:
        """Put the values into the English text."""
        made = super().__new__(cls, text.format(**values) if values else text)
        made.text, made.values = text, values or {}
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        """Say how a copy is made."""
        return self.text, self.values


def later(text: str, /, **values: Any) -> Later:
    """Write down a text that is said where it is shown.

    Parameters
    ----------
    text : str
        The English text; `{name}` in it is a place for a value.
    **values
        What stands in the places.

    Returns
    -------
    Later
        To be said by :func:`here`.

    Examples
    --------
    >>> later("It is larger than {size} MB", size=20)
    'It is larger than 20 MB'
    """
    return Later(text, values)


def here(text: str) -> str:
    """Say a text in the language in use.

    Parameters
    ----------
    text : str
        One that is said later; any other stays as it is.

    Returns
    -------
    str
        What is shown.
    """
    if not isinstance(text, Later):
        return text
    return say(text.text, **{name: _value(value) for name, value in text.values.items()})


def _value(value: Any) -> Any:
    return here(value) if isinstance(value, str) else value


def data(given: Any) -> Any:
    """Write texts as JSON can hold them, so that they can still be said in any language.

    Parameters
    ----------
    given : object
        A text, or lists and dicts with texts in them.

    Returns
    -------
    object
        To be read by :func:`of`.
    """
    if isinstance(given, Later):
        return {"text": given.text, "values": data(given.values)}
    if isinstance(given, dict):
        return {name: data(value) for name, value in given.items()}
    return list(map(data, given)) if isinstance(given, list) else given


def of(given: Any) -> Any:
    """Read what :func:`data` wrote.

    Parameters
    ----------
    given : object
        As JSON gives it back.

    Returns
    -------
    object
        What was written.

    Examples
    --------
    >>> of(data([later("{count} of them", count=2), "all"]))
    ['2 of them', 'all']
    """
    if isinstance(given, dict):
        read = {name: of(value) for name, value in given.items()}
        return Later(**read) if read.keys() == {"text", "values"} else read
    return list(map(of, given)) if isinstance(given, list) else given
