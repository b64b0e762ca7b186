"""The Binder button: a page of a notebook opens it in JupyterLab on mybinder.org.

Owner and name of the repository stand nowhere in the project. GitHub gives its workflows both, so
the pages that a fork publishes open the fork. A build elsewhere has nothing to open and no button.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.config import Config

HUB = "https://mybinder.org"


def offer_binder(app: Sphinx, config: Config) -> None:
    repository = os.environ.get("GITHUB_REPOSITORY")
    if not repository:
        return
    options = config.html_theme_options
    config.html_theme_options = options | {
        "repository_url": f"https://github.com/{repository}",
        "repository_branch": quote(os.environ.get("GITHUB_REF_NAME") or "main"),
        "path_to_docs": "",
        "launch_buttons": options.get("launch_buttons", {})
        | {"binderhub_url": HUB, "notebook_interface": "jupyterlab"},
    }


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("config-inited", offer_binder)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
