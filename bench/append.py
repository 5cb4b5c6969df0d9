"""Appends: many callers, one caller, and callers who come by chance."""

from collections.abc import Sequence

from bench import bare, copied, engine_log, measure, message_db, peers, workload
from bench.contender import Contender
from bench.measure import Sample
from bench.options import Options
from bench.rounds import take_turns
from bench.server import Server
from bench.table import Aim, Line, Table

OURS = engine_log.ENGINE.name
RATES = (2_000, 10_000)  # a second
ADDRESSES = 10_000  # of callers who come by chance: the largest fleet


async def together(server: Server, options: Options) -> Table:
    """All callers at once, each waiting for his answer."""
    limits = await copied.contenders(server, options.copied, options.callers)
    contenders = (
        *(engine_log.ENGINE, *peers.library(), message_db.ONE, message_db.EIGHT, bare.POOLED),
        *limits,
    )
    lines = await take_turns(server, contenders, options, options.callers)
    notes = [
        f"{options.callers} callers, each with a stream of his own whose version he expects;"
        f" bodies of {len(workload.BODY)} bytes.",
        "The engine encodes each event and chains its digest inside what is measured; message-db,"
        " INSERT and the library's recorder are handed bodies that are ready.",
        *peers.notes(),
    ]
    table = Table(
        "append", f"Append, {options.callers} callers at once", notes, lines, OURS, aims=()
    )
    return table._replace(aims=_aims(table, limits))


def _aims(table: Table, limits: Sequence[Contender]) -> list[Aim]:
    (ours,) = (line for line in table.lines if line.name == OURS)
    p99 = ours.wait_ms(0.99)
    return [
        *table.aim(
            "at least 25 times the eventsourcing library (its application)",
            "eventsourcing, application",
            least=25,
        ),
        *table.aim("at least 10 times message-db's function", message_db.ONE.name, least=10),
        *table.aim(
            "at least a third of one COPY into the same indexes", limits[0].name, least=1 / 3
        ),
        *([] if p99 is None else [Aim("p99 under 5 ms", p99.median, most=5, unit=" ms")]),
    ]


async def single(server: Server, options: Options) -> Table:
    """One caller alone: what a commit costs."""
    contenders = (engine_log.ENGINE, bare.SINGLE, message_db.ONE, *peers.library())
    lines = await take_turns(server, contenders, options, callers=1)
    table = Table("one", "Append, one caller alone", peers.notes(), lines, OURS, aims=())
    aims = table.aim("no slower than a bare INSERT per event", bare.SINGLE.name, least=1)
    return table._replace(aims=aims)


async def by_chance(server: Server, options: Options) -> Table:
    """Callers who come at a given rate, whatever became of those before them."""
    samples: dict[str, list[Sample]] = {}
    for _ in range(options.rounds):
        for rate in RATES:
            async with (
                server.database(migrated=True) as database,
                engine_log.anywhere(database, ADDRESSES) as append,
            ):
                sample = await measure.opened(append, rate, options.seconds)
                samples.setdefault(f"{rate:,} a second", []).append(sample)
    notes = (
        f"The engine alone. Events come by chance, for any of {ADDRESSES:,} addresses; a wait"
        " is counted from the moment at which an event should have come.",
    )
    lines = [Line(name, found) for name, found in samples.items()]
    return Table("open", "Append, an open load", notes, lines, ours="", aims=())
