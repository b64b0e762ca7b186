"""Serve the built book on this machine, compressed as hosts of pages do it.

``python book/serve.py [port]``, by default 8000.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import sys
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


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """Make a server of a folder on this machine alone; port 0 is any that is free."""
    handler = functools.partial(Handler, directory=str(folder))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    if not HTML.is_dir():
        sys.exit(f"There is no book in {HTML}. Run `make book` first.")
    serving = server(HTML, int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
    print(f"http://127.0.0.1:{serving.server_port}/ (Ctrl-C ends it)")
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        serving.server_close()
