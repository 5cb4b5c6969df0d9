"""Takes turns, so that all contenders meet the same machine."""

from collections.abc import Sequence

from bench.contender import Contender
from bench.measure import Sample
from bench.options import Options
from bench.server import Server
from bench.table import Line


async def take_turns(
    server: Server, contenders: Sequence[Contender], options: Options, callers: int
) -> list[Line]:
    """Each in an empty database of its own, each round begun by another one."""
    samples: dict[str, list[Sample]] = {one.name: [] for one in contenders}
    for turn in range(options.rounds):
        first = turn % len(contenders)
        for one in (*contenders[first:], *contenders[:first]):
            async with (
                server.database(migrated=one.migrated) as database,
                one.open(database) as drive,
            ):
                samples[one.name].append(await drive(callers, options.seconds))
    return [Line(name, found) for name, found in samples.items()]
