"""Files of events made by hand, and changed by hand."""

import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from engine.ids import Position, TenantId
from engine.store.admission import BEGINNING, Tail, drafted
from engine.store.digest import GENESIS
from engine.store.entry import Entry
from engine.store.event_file import FORMAT, Ending, Opening, event_line, to_line
from engine.store.link import link_of
from tests.support.entries import ACME, BOLT, SOMEBODY, into

AT = datetime(2026, 1, 1, tzinfo=UTC)


def chain(length: int) -> list[Entry]:
    """Of two streams: every third event is Bolt's."""
    tail = Tail(Position(0), GENESIS, BEGINNING, {}, set())
    found: list[Entry] = []
    for number in range(1, length + 1):
        one = into("b", number, tenant=BOLT) if number % 3 == 0 else into("ä", number, tenant=ACME)
        found += tail.admit(drafted([one], SOMEBODY, "a test"), AT)
    return found


def lines_of(
    entries: Sequence[Entry], tenant: TenantId | None = None, after: int = 0
) -> list[bytes]:
    """What an export of these would hold."""
    digests = [GENESIS, *(one.digest for one in entries)]
    own = [one for one in entries if one.position > after and tenant in (None, one.tenant)]
    opening = Opening(
        format=FORMAT,
        engine="main",
        tenant=tenant,
        after=Position(after),
        digest=digests[after].hex(),
    )
    events = [
        event_line(link_of(one), digests[one.position - 1].hex() if tenant else "") for one in own
    ]
    last = own[-1]
    ending = Ending(events=len(own), position=last.position, digest=last.digest.hex())
    return [to_line(opening), *map(to_line, events), to_line(ending)]


def put(path: Path, lines: Sequence[bytes]) -> Path:
    path.write_bytes(gzip.compress(b"".join(lines), 1))
    return path


def changed(lines: list[bytes], number: int, change: Callable[[bytes], bytes]) -> list[bytes]:
    return [change(line) if n == number else line for n, line in enumerate(lines)]
