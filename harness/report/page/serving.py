"""A page with all of its queries, for a browser on this machine and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ground.artifacts import read_manifest
from ground.errors import InputError
from harness.report.evidence_files import KIND
from harness.report.page.evidence import Evidence

LOOPBACK = "127.0.0.1"
_NOT_SERVED, _SERVED = 'data-served="0"', 'data-served="1"'
_NOWHERE, _HERE = "connect-src 'none'", "connect-src 'self'"


class Server(ThreadingHTTPServer):
    """Answers with a page, and with what stands behind each of its queries.

    Args:
        page: a page that `write_page` wrote.
        data: the folder of its evidence.
        port: to listen on; 0 for one that is free.

    Raises:
        InputError: the page or the folder is missing, damaged or something else; the port is
            taken.
    """

    daemon_threads = True

    def __init__(self, page: Path, data: Path, port: int = 0) -> None:
        self.page = _served(page)
        self.evidence = Evidence(data, read_manifest(data, KIND)["names"])
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            raise InputError(
                f"Nothing can be served on port {port} ({error}). Choose another --port, or leave "
                f"it out for one that is free."
            ) from None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{LOOPBACK}:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        """The page, or one query's evidence; nothing else is there."""
        # A page elsewhere may have a name that leads here; it is not answered.
        if self.headers.get("Host", "").partition(":")[0] not in (LOOPBACK, "localhost"):
            self._send(403, b"", "text/plain")
            return
        asked = urlsplit(self.path)
        if asked.path == "/":
            self._send(200, self.server.page, "text/html; charset=utf-8")
        elif asked.path == "/query":
            self._send_query(parse_qs(asked.query))
        else:
            self._send(404, b"", "text/plain")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is told of requests."""

    def _send_query(self, asked: Mapping[str, list[str]]) -> None:
        name = asked.get("id", [""])[0]
        found = self.server.evidence.details([name])[name]
        known = bool(found["asked"] or found["found"])
        body = json.dumps(found if known else None, ensure_ascii=False).encode()
        self._send(200 if known else 404, body, "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def _served(page: Path) -> bytes:
    """The page, told that it may ask where it comes from."""
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{page} cannot be read ({error}). `esplade report` makes it.") from None
    if _NOT_SERVED not in text or _NOWHERE not in text:
        raise InputError(f"{page} is no page of `esplade report` or `esplade sweep`.")
    return text.replace(_NOWHERE, _HERE, 1).replace(_NOT_SERVED, _SERVED, 1).encode()
