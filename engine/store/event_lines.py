"""Reads a file of events, line by line, and says where it is not what was written."""

import gzip
import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from engine.errors import StartRefused
from engine.ids import TenantId
from engine.store.event_file import (
    FORMAT,
    Ending,
    EventLine,
    Line,
    Opening,
    link_of_line,
    of_line,
)
from engine.store.link import Link

LINE_MAX = 64 * 1024 * 1024  # bytes; far more than any event has
PAGE = 1_000  # lines

_DIGEST = re.compile("[0-9a-f]{64}")


class Piece(NamedTuple):
    link: Link
    before: bytes  # the digest of the event before it; b"": the line says none


class Bad(Exception):
    """From here on the file is not what was written."""


class Lines:
    """Raises StartRefused for what is no such file, or a newer version's."""

    def __init__(self, file: gzip.GzipFile, name: str) -> None:
        self._file = file
        self._number = 0
        self.ending: Ending | None = None
        try:
            opening = self._next()
        except Bad as bad:
            raise StartRefused(f"{name} is no file of events: {bad}") from bad
        if not isinstance(opening, Opening) or not _DIGEST.fullmatch(opening.digest):
            raise StartRefused(f"{name} is no file of events: it does not begin as one")
        if opening.format > FORMAT:
            raise StartRefused(f"{name} was written by a newer version; verify it with that one")
        self.opening = opening

    def pages(self) -> Iterator[list[Piece]]:
        """Raises Bad, but only after what is before it was given."""
        page: list[Piece] = []
        try:
            while not isinstance(line := self._next(), Ending):
                page.append(_piece(line, self.opening.tenant, self._number))
                if len(page) == PAGE:
                    yield page
                    page = []
            self._refuse_more()
            self.ending = line
        except Bad:
            yield page
            raise
        yield page

    def _next(self) -> Line:
        self._number += 1
        data = self._readline()
        if not data.endswith(b"\n"):
            raise Bad(f"it is torn: it ends in line {self._number}, and not with its last line")
        try:
            return of_line(data)
        except msgspec.MsgspecError as bad:
            raise Bad(f"line {self._number} is none of its lines: {bad}") from bad

    def _readline(self) -> bytes:
        try:
            return self._file.readline(LINE_MAX)
        except EOFError as torn:
            raise Bad(f"it is torn: it ends in line {self._number}") from torn
        except (gzip.BadGzipFile, zlib.error) as damage:
            raise Bad(f"it is damaged in or before line {self._number}: {damage}") from damage

    def _refuse_more(self) -> None:
        try:
            more = self._file.read(1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as damage:
            raise Bad(f"it is torn or damaged after its last line: {damage}") from damage
        if more:
            raise Bad("something follows its last line")


def _piece(line: Line, tenant: TenantId | None, number: int) -> Piece:
    if not isinstance(line, EventLine):
        raise Bad(f"line {number} is a second opening")
    if tenant is not None and line.tenant != tenant:
        raise Bad(f"line {number} is an event of {line.tenant or 'the platform'}, not of {tenant}")
    try:
        return Piece(link_of_line(line), bytes.fromhex(line.before))
    except (ValueError, struct.error) as bad:
        raise Bad(f"line {number} is no event: {bad}") from bad
