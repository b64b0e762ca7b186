"""Marking by hand: nbgrader's Formgrader and nothing else, on this machine, under a strict policy.

What students wrote is inert by the time it is shown (:mod:`aiimpact.classroom.grading.inert`). This
server is the second wall: it has no kernels, no terminals, no files and no way to run a grading, only
scripts of Formgrader run in its pages, and a page may load nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable
from html import escape, unescape
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, DictLoader, Environment, FileSystemLoader, pass_context
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.manager import AsyncContentsManager
from jupyter_server.utils import url_path_join
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado import web
from traitlets.config import Config

from aiimpact.words import say

FIRST_PAGE = "/formgrader/gradebook"

# The pages that marking takes, and what they ask for. Formgrader can do more: it starts graders, and
# reads a configuration from any folder that an address names.
_PAGES = (
    handlers.GradebookAssignmentsHandler,
    handlers.GradebookNotebooksHandler,
    handlers.GradebookNotebookSubmissionsHandler,
    handlers.SubmissionHandler,
    handlers.SubmissionNavigationHandler,
    handlers.ManageStudentsHandler,
    handlers.ManageStudentsAssignmentsHandler,
    handlers.ManageStudentNotebookSubmissionsHandler,
    apihandlers.StatusHandler,
    apihandlers.AssignmentCollectionHandler,
    apihandlers.NotebookCollectionHandler,
    apihandlers.SubmittedNotebookCollectionHandler,
    apihandlers.GradeCollectionHandler,
    apihandlers.GradeHandler,
    apihandlers.CommentCollectionHandler,
    apihandlers.CommentHandler,
    apihandlers.FlagSubmissionHandler,
    apihandlers.StudentCollectionHandler,
    apihandlers.StudentHandler,
    apihandlers.StudentSubmissionCollectionHandler,
    apihandlers.StudentNotebookSubmissionCollectionHandler,
)
# Formgrader writes names from the address into scripts: let through what a file's name may hold.
_ANY_NAME, _NAME = "([^/]+)", r"((?:[\w.-]|%[89A-F][0-9A-F])+)"

_ON_EVENT = re.compile(r'\son\w+="([^"]*)"', flags=re.IGNORECASE)
_FORMULA = re.compile(r"<span>&#36;((?:&#36;)?)(.+?)\1&#36;</span>")
_REPLACED = {
    # Formgrader waits for MathJax, which it would load from another host. Formulas are there already.
    "{{ mathjax() }}": (
        "<script>var MathJax = "
        '{Hub: {Startup: {signal: {Interest: (tell) => tell("End")}}}};</script>'
        "<style>.rendered_html :is(td, th) { border: 1px solid #ccc; padding: 0.2em 0.6em; }</style>"
    ),
    # What leads to pages that are not here.
    ' data-link="{{ resources.notebook_path }}"': "",
    ' title="Open live notebook"': "",
    '<li role="presentation"><a href="{{ base_url }}/formgrader/manage_assignments">'
    "Manage Assignments</a></li>": "",
}
"""Parts of nbgrader's templates, and what stands for them."""


def serve(folder: Path, *, open_browser: bool = True, port: int = 8888) -> None:
    """Serve the Formgrader of a folder until it is interrupted.

    Parameters
    ----------
    folder : pathlib.Path
        What :func:`aiimpact.classroom.grading.grade.grade` has written.
    open_browser : bool
        Whether to open it in a browser.
    port : int
        Where to listen on 127.0.0.1; the next one that is free, if it is taken.

    Raises
    ------
    FileNotFoundError
        If nothing was graded there.
    """
    if not (folder / "gradebook.db").is_file():
        msg = say(
            "There is no gradebook in {folder}. Grade a class first, or give its OUT.",
            folder=folder,
        )
        raise FileNotFoundError(msg)
    os.chdir(folder)  # Formgrader takes the course from where it is started.
    for exercise in Path("autograded").glob("*/*"):
        Path("source", exercise.name).mkdir(parents=True, exist_ok=True)  # Else it lists nothing.
    nonce = secrets.token_urlsafe(24)
    server_options = {
        "ip": "127.0.0.1",
        "port": port,
        "root_dir": str(Path.cwd()),
        "default_url": FIRST_PAGE,
        "open_browser": open_browser,
        "allow_root": True,  # Nothing is run here.
        "contents_manager_class": AsyncContentsManager,
        "tornado_settings": {"headers": _headers(nonce), "aiimpact_nonce": nonce},
    }
    identity = {"cookie_options": {"samesite": "Strict"}}
    no_files = {"files_handler_class": None}
    config = Config(ServerApp=server_options, IdentityProvider=identity, ContentsManager=no_files)
    server = _Server.instance(config=config)
    server.initialize([], find_extensions=False)
    server.start()


def _headers(nonce: str) -> dict[str, str]:
    policy = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}'",
        "script-src-attr": " ".join(["'unsafe-hashes'", *_hashes()]),
        "style-src": f"'self' 'nonce-{nonce}'",
        "style-src-attr": "'unsafe-inline'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
    }


def _hashes() -> Iterable[str]:
    """Name what Formgrader's own templates do on a click, so that nothing else is done on one."""
    pages = Path(handlers.template_path).rglob("*")
    texts = [path.read_text(encoding="utf-8") for path in sorted(pages) if path.is_file()]
    for action in sorted({action for text in texts for action in _ON_EVENT.findall(text)}):
        digest = hashlib.sha256(action.encode()).digest()
        yield f"'sha256-{base64.b64encode(digest).decode()}'"


class _Server(ServerApp):
    """A Jupyter server of which nothing but the login is left."""

    default_services = ()  # type: ignore[assignment]

    def load_config_file(self, suppress_errors: bool = True) -> None:
        """Read none: what a user has set for other servers is not for this one."""

    def load_server_extensions(self) -> None:
        """Load Formgrader alone."""
        formgrader = _Formgrader(parent=self)
        formgrader.root_dir = self.root_dir
        formgrader.log = self.log
        formgrader.initialize([])
        formgrader.init_tornado_settings(self.web_app)
        formgrader.init_handlers(self.web_app)


class _Formgrader(FormgradeExtension):  # type: ignore[misc]
    """Formgrader with the pages for marking, and with scripts that a policy can know."""

    def init_tornado_settings(self, webapp: Any) -> None:
        """Put templates in the place of nbgrader's whose scripts bear the server's number."""
        super().init_tornado_settings(webapp)
        stamp = _Stamp(webapp.settings["aiimpact_nonce"])
        loader = _Stamped(FileSystemLoader([handlers.template_path]), stamp)
        webapp.settings["nbgrader_jinja2_env"] = Environment(loader=loader, autoescape=True)
        webapp.settings["nbgrader_exporter"] = _Exporter(stamp, config=self.config)

    def init_handlers(self, webapp: Any) -> None:
        """Register what marking needs; any other page of Formgrader leads to the first."""
        known = [*handlers.default_handlers, *apihandlers.default_handlers]
        routes = [
            (route[0].replace(_ANY_NAME, _NAME), *route[1:])
            for route in known
            if route[1] in _PAGES
        ]
        static = {"path": handlers.static_path}
        base = webapp.settings["base_url"]
        first = {"url": url_path_join(base, FIRST_PAGE), "permanent": False}
        routes.append((r"/formgrader/static/(.*)", web.StaticFileHandler, static))
        routes.append((r"/formgrader(?:/|/manage_assignments/?)?", web.RedirectHandler, first))
        webapp.add_handlers(".*$", [(url_path_join(base, r[0]), *r[1:]) for r in routes])


class _Stamp:
    """Writes the number that lets a script run into a template, before anything is filled in."""

    def __init__(self, nonce: str) -> None:
        self._nonce = nonce

    def __call__(self, source: str) -> str:
        """Give the template with it."""
        for theirs, ours in _REPLACED.items():
            source = source.replace(theirs, ours)
        return re.sub(r"<(script|style)\b", rf'<\1 nonce="{self._nonce}"', source)


class _Stamped(BaseLoader):
    """Loads what another loader loads, stamped."""

    def __init__(self, loader: BaseLoader | None, stamp: _Stamp) -> None:
        self._loader, self._stamp = loader or DictLoader({}), stamp

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give the source of a template."""
        source, path, is_current = self._loader.get_source(environment, template)
        return self._stamp(source), path, is_current

    def list_templates(self) -> list[str]:
        """Give the names of all templates."""
        return self._loader.list_templates()


class _Exporter(HTMLExporter):  # type: ignore[misc]
    """Writes a submission's page."""

    def __init__(self, stamp: _Stamp, **options: Any) -> None:
        self._stamp = stamp
        super().__init__(**options)

    @property
    def environment(self) -> Environment:
        """What templates are read with; each form in them is stamped."""
        environment: Environment = super().environment
        if not isinstance(environment.loader, _Stamped):
            environment.loader = _Stamped(environment.loader, self._stamp)
        return environment

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Turn Markdown into HTML, and formulas into MathML."""
        return _FORMULA.sub(_mathml, super().markdown2html(context, source))

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write the page of a notebook; names on it are text."""
        texts = {
            name: escape(value) if isinstance(value, str) else value
            for name, value in (resources or {}).items()
        }
        page: tuple[str, dict[str, Any]] = super().from_filename(filename, texts, **options)
        return page


def _mathml(formula: re.Match[str]) -> str:
    """Typeset a formula that :mod:`aiimpact.classroom.grading.formulas` has let through."""
    try:
        return convert(unescape(formula[2]), display="block" if formula[1] else "inline")
    except Exception:  # It is shown as it was typed, whatever its converter stumbles over.
        return formula[0]
