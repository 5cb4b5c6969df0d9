"""One question to a running engine, with nothing but the standard library: it starts fast."""

import json
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from engine.cli import exits
from engine.cli.exits import Failed

WITHIN_S = 10  # beyond what was asked to be waited for
ASKING_S = 30  # the engine looks at the world for 20 s at most
_CODES = {404: exits.NOT_FOUND}


class Client(NamedTuple):
    url: str
    key: str

    def get(self, *path: str, wait: int = 0, **query: str | int) -> Any:
        """The decoded answer; raises Failed."""
        asked = {name: text for name, text in query.items() if text != ""}
        asked |= {"wait": wait} if wait else {}
        place = "/".join(quote(one, safe=":") for one in path)
        status, body = self._answer("GET", f"/api/v2/{place}?{urlencode(asked)}", WITHIN_S + wait)
        if status != 200:
            raise _failed(status, body, self.url)
        return _read(body, self.url)

    def post(self, *path: str) -> Any:
        """The decoded answer to a request without a body; raises Failed."""
        place = "/".join(quote(one, safe=":") for one in path)
        status, body = self._answer("POST", f"/api/v2/{place}", WITHIN_S)
        if status not in (200, 201, 202):
            raise _failed(status, body, self.url)
        return _read(body, self.url)

    def send(
        self,
        path: Sequence[str],
        body: Mapping[str, Any],
        within_s: int = ASKING_S,
        method: str = "POST",
    ) -> Any:
        """The decoded answer to a body; raises Failed.  Of what looks at the world, for so long."""
        place = "/".join(quote(one, safe=":") for one in path)
        status, found = self._answer(method, f"/api/v2/{place}", within_s, json.dumps(body))
        if status not in (200, 201, 202):
            raise _failed(status, found, self.url)
        return _read(found, self.url)

    def delete(self, *path: str, **query: str) -> Any:
        """The decoded answer; raises Failed."""
        place, asked = "/".join(quote(one, safe=":") for one in path), urlencode(query)
        status, found = self._answer("DELETE", f"/api/v2/{place}?{asked}", WITHIN_S)
        if status != 200:
            raise _failed(status, found, self.url)
        return _read(found, self.url)

    def order(
        self,
        method: str,
        path: Sequence[str],
        body: Mapping[str, Any] | None,
        query: Mapping[str, str],
        key: str,
    ) -> Any:
        """The decoded answer to a write that is safe to repeat by ``key``; raises Failed."""
        place = "/".join(quote(one, safe=":") for one in path)
        asked = f"?{urlencode(query)}" if query else ""
        text, headers = None if body is None else json.dumps(body), {"Idempotency-Key": key}
        status, found = self._answer(method, f"/api/v2/{place}{asked}", ASKING_S, text, headers)
        if status not in (200, 201, 202):
            raise _failed(status, found, self.url)
        return _read(found, self.url)

    def open(
        self, *path: str, timeout: float, last_event_id: str = "", **query: str
    ) -> HTTPResponse:
        """An answer that comes line by line, to be closed; raises Failed.  ``timeout`` is between
        two lines.
        """
        asked = urlencode({name: text for name, text in query.items() if text})
        place = f"{urlsplit(self.url).path.rstrip('/')}/api/v2/{'/'.join(path)}?{asked}"
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "text/event-stream"}
        headers |= {"Last-Event-ID": last_event_id} if last_event_id else {}
        connection = _connection(self.url, timeout)
        try:
            connection.request("GET", place, headers=headers)
            response = connection.getresponse()
            if response.status == 200:
                return response
            body = response.read()
        except (OSError, HTTPException) as away:
            connection.close()
            raise _away(self.url, away) from away
        connection.close()
        raise _failed(response.status, body, self.url)

    def _answer(
        self,
        verb: str,
        path: str,
        timeout: int,
        body: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        connection = _connection(self.url, timeout)
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        headers |= more or {}
        headers |= {} if body is None else {"Content-Type": "application/json"}
        place = urlsplit(self.url).path.rstrip("/") + path
        try:
            connection.request(verb, place, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException) as away:
            raise _away(self.url, away) from away
        finally:
            connection.close()


def _away(url: str, error: Exception) -> Failed:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Failed(
        f"no engine answers at {url}: {why}. Does it run? Another one: --url", exits.UNREACHABLE
    )


def _connection(url: str, timeout: float) -> HTTPConnection:
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
