"""Servers of others on this machine, each a process that ends with the test."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(
    command: Sequence[str],
    address: str,
    home: Path,
    *,
    environment: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    patience_s: float = 60,
) -> Iterator[None]:
    """Run a server that knows nothing of this user's Jupyter, as soon as `address` answers."""
    private = {
        f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    variables = os.environ | private | dict(environment or {})
    log = home / "log"
    with log.open("w") as file:
        server = subprocess.Popen(command, env=variables, stdout=file, stderr=subprocess.STDOUT)
        try:
            request = urllib.request.Request(address, headers=dict(headers or {}))
            deadline = time.monotonic() + patience_s
            while not _answers(request):
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"{command[2]} did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.2)
            yield
        finally:
            server.terminate()
            server.wait(timeout=90)


def _answers(request: urllib.request.Request) -> bool:
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
