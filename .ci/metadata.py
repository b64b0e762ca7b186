"""Hatchling's metadata hook: where the library lives is known to whoever publishes it.

GitHub gives its workflows the repository, and they say where the book is in `BOOK_ADDRESS`. So a fork names itself,
and what is built elsewhere names nobody.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


def urls(variables: Mapping[str, str]) -> dict[str, str]:
    """Give the addresses that a wheel states, by their labels.

    Parameters
    ----------
    variables : dict of str to str
        Those of the process.
    """
    found = {}
    if name := variables.get("GITHUB_REPOSITORY"):
        repository = f"{variables.get('GITHUB_SERVER_URL') or 'https://github.com'}/{name}"
        found["Source"] = repository
        found["Issues"] = f"{repository}/issues"
        found["Changelog"] = f"{repository}/blob/HEAD/CHANGELOG.md"
    if address := variables.get("BOOK_ADDRESS", "").strip():
        found["Documentation"] = address
    return found


class Addresses(MetadataHookInterface):
    """State the addresses in what is built."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the addresses that are known."""
        metadata["urls"] = urls(os.environ)
