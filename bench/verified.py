"""``email-engine verify`` as an operator runs it: start of the program and all."""

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench import log_of
from bench.measure import Sample
from bench.options import Options
from bench.server import Database, Server
from bench.table import Aim, Line, Table

OURS = "email-engine verify"
_CONFIG = 'engine_id = "bench"\ndata_dir = "{folder}"\n[database]\ndsn = "{dsn}"\n'


async def verify(server: Server, options: Options) -> Table:
    samples: list[Sample] = []
    async with server.database(migrated=True) as database:
        await log_of.fill(database.superuser, options.events)
        with tempfile.TemporaryDirectory(prefix="ee-bench-") as folder:
            config = _config(Path(folder), database)
            for _ in range(options.rounds):
                begin = perf_counter()
                await _verified(config)
                samples.append(Sample(options.events, perf_counter() - begin))
    line = Line(OURS, samples)
    notes = (
        f"{options.events:,} events: chain, versions, order, fence and bodies. From the start of"
        " the program to its end.",
    )
    aims = (Aim("at least 200,000 events a second", line.rate.median, least=200_000, unit="/s"),)
    return Table("verify", "Verify", notes, [line], OURS, aims)


def _config(folder: Path, database: Database) -> Path:
    config = folder / "engine.toml"
    config.write_text(_CONFIG.format(folder=folder, dsn=database.dsn))
    return config


async def _verified(config: Path) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine", "verify", "--config", config),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await program.communicate()
    if program.returncode != 0:
        raise RuntimeError(f"verify did not find the log whole: {output.decode()[-1000:]}")
