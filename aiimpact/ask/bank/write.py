"""One file a format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from aiimpact.ask.bank.gift import gift
from aiimpact.ask.bank.item import Item
from aiimpact.ask.bank.moodle import moodle_xml
from aiimpact.ask.bank.qti import qti_package

NAMES = ("moodle.xml", "gift.txt", "qti21.zip")


def write(items: Sequence[Item], out: str | Path, *, title: str, address: str = "") -> list[Path]:
    """Write questions as Moodle XML, GIFT and a QTI 2.1 package.

    Parameters
    ----------
    items
        The questions, those of a chapter together.
    out
        A folder; it is made if need be.
    title
        What the bank is called.
    address
        Where the book is published, such as "https://example.org/book"; without it, no question has a
        link.

    Returns
    -------
    list of Path
        The three files.

    Raises
    ------
    ValueError
        If two questions would have one identifier, or the address is none.

    Examples
    --------
    >>> import tempfile
    >>> from aiimpact.ask import ask
    >>> item = ask("How much is 6 times 7?", name="six-times-seven", answer=42).item()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write([item], folder, title="Arithmetic")]
    ['moodle.xml', 'gift.txt', 'qti21.zip']
    """
    if address and not address.startswith(("https://", "http://")):
        msg = f"address must begin with https:// or http://, got {address!r}."
        raise ValueError(msg)
    for identifier, times in Counter(item.id for item in items).items():
        if times > 1:
            msg = (
                f"{times} questions have the identifier {identifier!r}. Give each a name= of its own, "
                "and each notebook a file name of letters, digits, '.', '_' and '-'."
            )
            raise ValueError(msg)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "moodle.xml": moodle_xml(items, title, address).encode(),
        "gift.txt": gift(items, title, address).encode(),
        "qti21.zip": qti_package(items, title, address),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in NAMES]
