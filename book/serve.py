"""Serve the book on this machine, compressed as hosts of pages do it. What is missing of it is built first.

``python book/serve.py [port]``, by default 8000, or the next port that is free.
"""

from __future__ import annotations

import errno
import functools
import gzip
import http.server
import io
import os
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

HTML = Path(__file__).parents[1] / "_build" / "html"
COMPRESSED = (".html", ".js", ".css", ".svg", ".json", ".txt", ".ipynb")


@functools.cache
def compressed(path: str, changed: float) -> bytes:
    """Compress a file at the level that hosts of pages use, the same bytes each time."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, compressed where the browser takes it."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer with the compressed file, or leave it to the usual handler."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        takes_it = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (takes_it and path.is_file() and path.suffix in COMPRESSED):
            return super().send_head()
        body = compressed(str(path), path.stat().st_mtime)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", self.date_time_string(int(path.stat().st_mtime)))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


class Server(http.server.ThreadingHTTPServer):
    """A server that shares its port with nobody: Windows would let it."""

    allow_reuse_address = os.name != "nt"


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """Make a server of a folder on this machine alone; port 0 is any that is free."""
    handler = functools.partial(Handler, directory=str(folder))
    return Server(("127.0.0.1", port), handler)


def free_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """Make a server at this port or, where another program has it, at the next that is free."""
    for number in range(port, port + 20):
        try:
            return server(folder, number)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            print(f"Port {number} is taken by another program.", flush=True)
    msg = f"The ports from {port} are all taken. Name another: python book/serve.py 9000"
    raise SystemExit(msg)


def make_current() -> None:
    """Build the book where its sources have changed since, or there is none."""
    import build

    if why := build.missing():
        print(f"{why} Building it; the notebooks take a few minutes.", flush=True)
        began = time.monotonic()
        if build.main():
            sys.exit("The book was not built. The reason stands above.")
        print(f"Built in {(time.monotonic() - began) / 60:.0f} minutes.", flush=True)


def main(port: int) -> None:
    """Serve until somebody ends it."""
    make_current()
    serving = free_server(HTML, port)
    print(f"The book is at http://127.0.0.1:{serving.server_port}/ (Ctrl-C ends it)", flush=True)
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        serving.server_close()


def asked_port(words: list[str]) -> int:
    """Read the port from the command line."""
    given = words[0] if words else "8000"
    if not given.isdecimal() or not 1024 <= int(given) <= 65000:
        msg = f"A port is a number from 1024 to 65000, got {given}. Try: python book/serve.py 9000"
        raise SystemExit(msg)
    return int(given)


if __name__ == "__main__":
    main(asked_port(sys.argv[1:]))
