"""Writes events of the log into a file (engine/store/event_file.py), read as the auditor."""

import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from engine.errors import StartRefused
from engine.ids import EngineId, Position, TenantId
from engine.store.copy_out import PAGE, copy_out
from engine.store.digest import GENESIS
from engine.store.event_file import FORMAT, Ending, Opening, event_line, to_line
from engine.store.link import Link
from engine.store.pool import Borrowed

LEVEL = 6  # a fifth smaller than 1, for 3 of 14 microseconds an event

_BEFORE = "SELECT digest FROM engine.event WHERE position = $1"
_ALL_BEFORE = """
    SELECT own.position, e.digest
      FROM engine.event own JOIN engine.event e ON e.position = own.position - 1
     WHERE own.tenant = $1 AND own.position > $2 AND own.position <= $3"""
_FIRST = {1: GENESIS.hex()}


class Wanted(NamedTuple):
    """``after`` one event, up to another, of one tenant or of all."""

    after: Position
    upto: Position
    tenant: TenantId | None


async def export(
    connection: Borrowed,
    file: BinaryIO,
    engine: EngineId,
    wanted: Wanted,
    progress: Callable[[int, int], None],
) -> Ending:
    """The same events give the same bytes.  Raises what Postgres and the disk raise."""
    before = await _digest_at(connection, wanted.after)
    opening = Opening(
        format=FORMAT,
        engine=engine,
        tenant=wanted.tenant,
        after=wanted.after,
        digest=before.hex(),
    )
    with gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as out:
        out.write(to_line(opening))
        writer = _Writer(out, wanted.after, before)
        at = wanted.after
        while at < wanted.upto:
            upto = Position(min(at + PAGE, wanted.upto))
            if wanted.tenant is not None:
                rows = await connection.fetch(_ALL_BEFORE, wanted.tenant, at, upto)
                found = {row["position"]: row["digest"].hex() for row in rows}
                writer.before = _FIRST | found
            await copy_out(connection, at, upto, writer.take, tenant=wanted.tenant)
            at = upto
            progress(at - wanted.after, wanted.upto - wanted.after)
        ending = writer.ending()
        out.write(to_line(ending))
    return ending


class _Writer:
    def __init__(self, out: gzip.GzipFile, position: Position, digest: bytes) -> None:
        self._out = out
        self._events = 0
        self._position, self._digest = position, digest
        self.before: dict[int, str] = {}

    def take(self, links: Sequence[Link]) -> None:
        before = self.before
        lines = [to_line(event_line(one, before.get(one.position, ""))) for one in links]
        self._out.write(b"".join(lines))
        if links:
            self._events += len(links)
            self._position, self._digest = Position(links[-1].position), links[-1].digest

    def ending(self) -> Ending:
        return Ending(events=self._events, position=self._position, digest=self._digest.hex())


async def _digest_at(connection: Borrowed, position: Position) -> bytes:
    digest: bytes | None = await connection.fetchval(_BEFORE, position)
    return digest or GENESIS


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that takes ``path``'s place when all of it is on the disk, and not before.  Raises
    StartRefused for what the disk does not take; a connection that is lost meanwhile stays so.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with half.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except (ConnectionError, TimeoutError):
        raise
    except OSError as disk:
        raise StartRefused(f"cannot write {path}: {disk.strerror or disk}") from disk
    finally:
        with suppress(OSError):
            half.unlink()
