"""An engine's log, and nothing else, in a process of its own: ``python -m tests.e2e.leader DSN
IDLE_S``.  It leads, and says on a line each what it hears: ``leading``, the numbers of events that
were written, and at the end what it was told about the last one.
"""

import asyncio
import itertools
import os
import sys

from engine.errors import Deposed
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock, into, write

HOLDER = "the first engine"


async def main(dsn: str, idle_s: float) -> None:
    limits = Limits(watch=5, patience=5, idle=idle_s, lock=0.3, host=2)
    log = PostgresLog(dsn, CountingClock(), limits=limits)
    await log.lead(HOLDER)
    say("leading")
    for number in itertools.count(1):
        try:
            await write(log, into(f"first {number % 5}", number))
        except Deposed as error:
            say(f"{number} unknown: {error}")
            break
        say(f"{number}")
    await log.close()


def say(line: str) -> None:
    """At once: a process that is killed takes its buffers with it."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
