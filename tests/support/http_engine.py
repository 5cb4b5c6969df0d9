"""An engine as the command line sees it: answers every request the same, and notes it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from engine.cli import environment


class HttpEngine(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Any = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, Any] = (200, answer)
        self.asked: list[tuple[str, str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        engine = self.server
        assert isinstance(engine, HttpEngine)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        engine.asked.append((self.command, self.path, json.loads(body) if body else None))
        status, answer = engine.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_POST = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Into no test's output."""


@contextmanager
def serving(patch: pytest.MonkeyPatch, answer: Any = None) -> Iterator[HttpEngine]:
    """Where the command line will look for it, with a key."""
    with HttpEngine(answer) as engine:
        thread = threading.Thread(target=engine.serve_forever, args=(0.01,))
        thread.start()
        patch.setenv(environment.URL, f"http://127.0.0.1:{engine.server_port}")
        patch.setenv(environment.KEY, "ee_live_a_key")
        yield engine
        engine.shutdown()
        thread.join()
