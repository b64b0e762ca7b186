"""Firefox and WebKitGTK as Debian packs them, each by the W3C protocol that it speaks by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import websocket
from servers import free_port, running

# Key names of a page's events, as both protocols write them.
KEYS = {
    "Tab": "\ue004", "Enter": "\ue007", "Space": " ", "End": "\ue010", "Home": "\ue011",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
}  # fmt: skip
# Values go there and back as text, for each protocol has types of its own.
CALL = """async (text) => {
  try { return JSON.stringify({ value: (await (%s)(JSON.parse(text))) ?? null }); }
  catch (error) { return JSON.stringify({ error: `${error}\\n${error.stack ?? ""}` }); }
}"""
# WebKitGTK's driver has no word for the console, so a page keeps what goes there, from its first line on.
LISTEN = """window.complaints = [];
const complain = (...words) => window.complaints.push(words.map(String).join(" "));
for (const kind of ["error", "warn"]) {
  const tell = console[kind];
  console[kind] = (...words) => { complain(kind, ...words); tell.apply(console, words); };
}
addEventListener("error", ({ message, target }) => complain("error", message ?? `${target.src ?? target.href} did not load`), true);
addEventListener("unhandledrejection", ({ reason }) => complain("rejected", reason));
addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => complain(effectiveDirective, blockedURI));
"""
# As where cookies are blocked, or in a frame that may run scripts and nothing else.
REFUSE = """for (const storage of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, storage, {
    configurable: true,
    get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
  });
}
"""
COMPLAINTS = """(own) => {
  const foreign = performance.getEntriesByType("resource").map(({ name }) => name)
    .filter((name) => !name.startsWith(own) && !/^(data|blob):/.test(name));
  return [...window.complaints.splice(0), ...foreign];
}"""
LOADED = """async () => {
  while (document.readyState !== "complete") await new Promise((done) => setTimeout(done, 20));
}"""
WIDTH, HEIGHT = 1280, 900
PATIENCE = 120
# What a browser asks of its maker's servers, or shows to newcomers.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "data:,",
}


class MissingError(Exception):
    """A package that the machine lacks."""


def program(package: str, *names: str) -> str:
    """Find a program by one of its names, or say what brings it."""
    for found in filter(None, map(shutil.which, names)):
        return found
    message = f"No {names[0]} found: install it (Debian: apt-get install {package})."
    raise MissingError(message)


def alone(home: Path) -> dict[str, str]:
    """Give a browser a home without settings of this user, and no proxy."""
    return {"HOME": str(home), "http_proxy": "", "https_proxy": "", "all_proxy": ""}


class Engine(Protocol):
    """A window of a browser, with one page."""

    def go(self, url: str) -> None:
        """Open a page and wait until it is loaded."""

    def act(self, actions: list[dict[str, Any]]) -> None:
        """Do what fingers do."""

    def call(self, function: str, text: str) -> str:
        """Call a JavaScript function with a text and wait for the text that it promises."""

    def console(self) -> list[str]:
        """Give the errors and warnings that the browser has told since it was asked last."""


class Keyboard:
    """What Playwright's has of the same name."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def press(self, *names: str) -> None:
        self.type("".join(KEYS[name] for name in names))

    def type(self, text: str) -> None:
        strokes = [
            {"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")
        ]
        self.engine.act([{"type": "key", "id": "keyboard", "actions": strokes}])


def evaluate(engine: Engine, function: str, argument: Any = None) -> Any:
    """Call a JavaScript function in the page."""
    answer = json.loads(engine.call(CALL % function, json.dumps(argument)))
    assert "error" not in answer, answer["error"]
    return answer["value"]


class Firefox:
    """Over WebDriver BiDi."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self.socket, self.number, self.told = socket, 0, list[str]()
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.window = self.send("browsingContext.create", type="tab")["context"]
        size = {"width": WIDTH, "height": HEIGHT}
        self.send("browsingContext.setViewport", context=self.window, viewport=size)

    def send(self, method: str, **params: Any) -> Any:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != self.number:
            entry = answer.get("params", {})
            if entry.get("level") in ("error", "warn"):
                self.told.append(f"{entry['level']}: {entry['text']}")
        assert answer["type"] == "success", answer
        return answer["result"]

    def go(self, url: str) -> None:
        self.send("browsingContext.navigate", context=self.window, url=url, wait="complete")
        # It comes back before the deferred scripts of a page from disk have run.
        evaluate(self, LOADED)

    def act(self, actions: list[dict[str, Any]]) -> None:
        self.send("input.performActions", context=self.window, actions=actions)

    def call(self, function: str, text: str) -> str:
        answer = self.send(
            "script.callFunction",
            functionDeclaration=function,
            awaitPromise=True,
            arguments=[{"type": "string", "value": text}],
            target={"context": self.window},
        )
        assert answer["type"] == "success", answer
        return answer["result"]["value"]

    def console(self) -> list[str]:
        self.send("session.status")  # What was told before its answer has arrived.
        told, self.told = self.told, []
        return told


@contextlib.contextmanager
def firefox(home: Path) -> Iterator[Firefox]:
    found = program("firefox-esr", "firefox-esr", "firefox")
    profile = home / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [found, "--headless", "--no-remote", "--profile", str(profile)]
    port = free_port()
    command += ["--remote-debugging-port", str(port)]
    with running(command, f"http://127.0.0.1:{port}/", home, environment=alone(home)):
        address = f"ws://127.0.0.1:{port}/session"
        socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        with contextlib.closing(socket):
            yield Firefox(socket)


class WebKit:
    """Over WebDriver, in a window of its own. It tells nobody of its console."""

    def __init__(self, driver: http.client.HTTPConnection) -> None:
        self.driver, self.session = driver, "/session"
        self.session += f"/{self.send('', capabilities={})['sessionId']}"
        self.send("/timeouts", script=PATIENCE * 1000, pageLoad=PATIENCE * 1000)
        self.send("/window/rect", x=0, y=0, width=WIDTH, height=HEIGHT)

    def send(self, command: str, method: str = "POST", **params: Any) -> Any:
        body = json.dumps(params) if method == "POST" else None
        self.driver.request(method, self.session + command, body)
        answer = self.driver.getresponse()
        said = answer.read().decode()
        assert answer.status == 200, f"{command}: {said}"
        return json.loads(said)["value"]

    def go(self, url: str) -> None:
        self.send("/url", url=url)

    def act(self, actions: list[dict[str, Any]]) -> None:
        self.send("/actions", actions=actions)

    def call(self, function: str, text: str) -> str:
        script = f"({function})(arguments[0]).then(arguments[1])"
        return self.send("/execute/async", script=script, args=[text])

    def console(self) -> list[str]:
        return []


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """Show a window to nobody, and give the name of the display."""
    command = [program("xvfb", "Xvfb"), "-nolisten", "tcp", "-screen", "0"]
    with subprocess.Popen(
        [*command, f"{WIDTH}x{HEIGHT}x24", "-displayfd", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as server:
        try:
            assert server.stdout is not None
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


@contextlib.contextmanager
def webkit(home: Path) -> Iterator[WebKit]:
    port = free_port()
    found = program("webkit2gtk-driver", "WebKitWebDriver")
    command = [found, "--host=local", f"--port={port}"]
    with screen() as display:
        environment = alone(home) | {"DISPLAY": display}
        with running(command, f"http://127.0.0.1:{port}/status", home, environment=environment):
            driver = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            with contextlib.closing(driver):
                window = WebKit(driver)
                yield window
                window.send("", "DELETE")
