"""One question to a running engine, with nothing but the standard library: it starts fast."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from engine.cli import exits
from engine.cli.exits import Failed

WITHIN_S = 10  # beyond what was asked to be waited for
_CODES = {404: exits.NOT_FOUND}


class Client(NamedTuple):
    url: str
    key: str

    def get(self, *path: str, wait: int = 0, **query: str | int) -> Any:
        """The decoded answer; raises Failed."""
        asked = {name: text for name, text in query.items() if text != ""}
        asked |= {"wait": wait} if wait else {}
        place = "/".join(quote(one, safe=":") for one in path)
        status, body = self._answer(f"/api/v2/{place}?{urlencode(asked)}", WITHIN_S + wait)
        if status != 200:
            raise _failed(status, body, self.url)
        return _read(body, self.url)

    def _answer(self, path: str, timeout: int) -> tuple[int, bytes]:
        connection = _connection(self.url, timeout)
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        try:
            connection.request("GET", urlsplit(self.url).path.rstrip("/") + path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException) as away:
            why = getattr(away, "strerror", None) or str(away) or type(away).__name__
            raise Failed(
                f"no engine answers at {self.url}: {why}. Does it run? Another one: --url",
                exits.UNREACHABLE,
            ) from away
        finally:
            connection.close()


def _connection(url: str, timeout: int) -> HTTPConnection:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as wrong:
        raise _no_url(url) from wrong
    if parts.scheme not in ("http", "https") or not host:
        raise _no_url(url)
    kind = HTTPConnection if parts.scheme == "http" else HTTPSConnection
    return kind(host, port, timeout=timeout)


def _no_url(url: str) -> Failed:
    return Failed(
        f"{url!r} is no URL of an engine; it looks like http://127.0.0.1:8025", exits.USAGE
    )


def _failed(status: int, body: bytes, url: str) -> Failed:
    problem = _read(body, url)
    title = problem.get("title", f"HTTP {status}") if isinstance(problem, Mapping) else ""
    detail = problem.get("detail", "") if isinstance(problem, Mapping) else ""
    refused = exits.REFUSED if status < 500 else exits.FAILED
    return Failed(f"{title}: {detail}", _CODES.get(status, refused))


def _read(body: bytes, url: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as wrong:
        raise Failed(f"what answers at {url} is not an engine", exits.UNREACHABLE) from wrong
