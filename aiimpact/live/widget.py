"""What explorers and questions have in common: markup that stands before any script, and a front end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from aiimpact.live import save


class PageWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget whose output is its own markup too, for pages without a kernel.

    Attributes
    ----------
    name : str
        What the page calls it.
    """

    name = traitlets.Unicode().tag(sync=True)
    _markup = traitlets.Unicode().tag(sync=True)

    def html(self, *, title: str | None = None, language: str | None = None) -> str:
        """Write it as one HTML document with everything inside."""
        raise NotImplementedError

    def save(
        self, path: str | Path, *, title: str | None = None, language: str | None = None
    ) -> Path:
        """Write it into one file that works alone: see :meth:`html`.

        Parameters
        ----------
        path
            A file that ends in ``.html``.
        title, language
            As for :meth:`html`.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If the file's name ends otherwise.
        """
        return save.write(path, self.html(title=title, language=language))

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Give what the front end is told: all of it, for its own code is a default of the class."""
        state: dict[str, Any] = super().get_state(key)
        return state

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return data | {"text/html": self._markup}, metadata
