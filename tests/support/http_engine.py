"""An engine as the command line sees it: answers every request the same, and notes it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import msgspec
import pytest

from engine.cli import environment

KEY = "ee_live_a_key"
S = TypeVar("S", bound=ThreadingHTTPServer)


class Answering(BaseHTTPRequestHandler):
    def say(self, status: int, body: object) -> None:
        """Bytes as they are, all else as JSON."""
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def heard(self) -> Any:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        assert not body or self.headers["Content-Type"] == "application/json"
        return json.loads(body) if body else None

    def log_message(self, *_: object) -> None:
        """Into no test's output."""


class HttpEngine(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Any = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, Any] = (200, answer)
        self.asked: list[tuple[str, str, Any]] = []


class _Handler(Answering):
    def do_GET(self) -> None:
        engine = self.server
        assert isinstance(engine, HttpEngine)
        engine.asked.append((self.command, self.path, self.heard()))
        self.say(*engine.answer)

    do_POST = do_PUT = do_DELETE = do_GET


@contextmanager
def listening(patch: pytest.MonkeyPatch, server: S) -> Iterator[S]:
    """Where the command line will look for it, with a key."""
    with server as engine:
        thread = threading.Thread(target=engine.serve_forever, args=(0.01,))
        thread.start()
        patch.setenv(environment.URL, f"http://127.0.0.1:{engine.server_port}")
        patch.setenv(environment.KEY, KEY)
        yield engine
        engine.shutdown()
        thread.join()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpEngine]:
    with listening(monkeypatch, HttpEngine()) as engine:
        yield engine


def plain(shown: object) -> Any:
    """As it comes out of JSON."""
    return msgspec.json.decode(msgspec.json.encode(shown))
