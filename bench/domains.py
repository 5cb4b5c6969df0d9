"""Validations of domains, over a name server on which each answer takes 20 ms.

    --domains N    validated at once (200)
    --rounds R     of each measurement (5)

Knot holds the zones (Debian's package knot), a process of its own delays the answers.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench import domain_peer, domain_seen, domain_zones, machine, relay, report
from bench.measure import Sample, alone
from bench.table import Aim, Line, Table
from engine.adapters.resolver import IN_FLIGHT, AiodnsResolver
from engine.runtime.validate import validate
from engine.values.validation import Validation
from tests.support import name_servers

ANSWER_MS = 20
OURS = "email-engine"


class Way(NamedTuple):
    """To a name server that takes its time."""

    port: int
    resolver: AiodnsResolver

    async def validated(self, domain: str) -> Validation:
        return await validate(
            domain_zones.check(domain),
            lookup=self.resolver.lookup,
            resolver=self.resolver.name,
            nonce="bench",
        )


@asynccontextmanager
async def way(number: int) -> AsyncIterator[Way]:
    with (
        name_servers.serving(domain_zones.zones(number)) as servers,
        relay.delayed(servers.authority_port, ANSWER_MS) as port,
    ):
        resolver = AiodnsResolver([f"127.0.0.1:{port}"])
        try:
            yield Way(port, resolver)
        finally:
            await resolver.close()


async def one(to: Way, names: Sequence[str]) -> Table:
    """One after another, and the peer on the same domain right after."""
    ours, theirs = list[Sample](), list[Sample]()
    seen, said = list[Validation](), list[str]()
    for name in names:
        with alone():
            began = perf_counter()
            seen.append(await to.validated(name))
            ours.append(_sample(1, began))
        if domain_peer.is_here():
            with alone():
                began = perf_counter()
                said = await asyncio.to_thread(domain_peer.found, name, to.port)
                theirs.append(_sample(1, began))
    chain = domain_seen.longest(seen[-1])
    notes = [
        f"{len(domain_zones.IPS)} addresses, {len(domain_zones.SELECTORS)} selectors,"
        f" {len(seen[-1].heard)} questions; each answer takes {ANSWER_MS} ms.",
        f"The longest chain of questions that wait for each other has {chain}:"
        f" {chain * ANSWER_MS} ms.",
        domain_seen.said(seen[-1], said) if theirs else domain_peer.MISSING,
    ]
    lines = [Line(OURS, ours), *([Line(domain_peer.NAME, theirs)] if theirs else [])]
    table = Table("one", "One domain", notes, lines, OURS, [], unit="domains/s")
    times = ANSWER_MS * chain / 1000 * lines[0].rate.median
    slower = Aim("a validation, as a multiple of the longest chain", 1 / times, most=1.5)
    faster = table.aim("at least 5 times as fast as checkdmarc", domain_peer.NAME, least=5)
    return table._replace(aims=[slower, *faster])


async def many(to: Way, names: Sequence[str], rounds: int) -> Table:
    """All at once, beside the same questions put straight to the resolver."""
    ours, bare = list[Sample](), list[Sample]()
    asked = 0
    for _ in range(rounds):
        with alone():
            began = perf_counter()
            seen = await asyncio.gather(*(to.validated(name) for name in names))
            ours.append(_sample(len(names), began))
        questions = [one.question for made in seen for one in made.heard]
        asked = len(questions)
        with alone():
            began = perf_counter()
            await asyncio.gather(*(to.resolver.lookup(one) for one in questions))
            bare.append(_sample(len(names), began))
        assert not any(made.unasked for made in seen)
        assert not any(one.answer.outcome == "timeout" for made in seen for one in made.heard)
    bound = asked / IN_FLIGHT * ANSWER_MS / 1000
    table = Table(
        "many",
        f"{len(names)} domains at once",
        [
            f"{asked:,} questions, all of them answered. {IN_FLIGHT} are in flight at most: if all"
            f" of them differed, that alone would take {bound:.2f} s.",
            "The resolver alone is asked the same questions, and nothing is judged.",
        ],
        [Line(OURS, ours), Line("the resolver alone", bare)],
        OURS,
        [],
        unit="domains/s",
    )
    took = len(names) / table.lines[0].rate.median
    text = "all of them, as a multiple of what the questions in flight take"
    return table._replace(aims=[Aim(text, took / bound, most=2)])


def _sample(domains: int, began: float) -> Sample:
    return Sample(domains, perf_counter() - began)


async def run(number: int, rounds: int) -> tuple[dict[str, str], list[Table]]:
    facts = {**machine.facts(Path("/var/tmp")), "load before": f"{machine.load():.1f}"}
    print("\n".join(f"{name}: {value}" for name, value in facts.items()), flush=True)
    names = domain_zones.names(number + rounds + 1)
    tables: list[Table] = []
    async with way(len(names)) as to:
        await to.validated(names[-1])  # what is made at the first question is nobody's burden
        for measured in (one(to, names[number:-1]), many(to, names[:number], rounds)):
            tables.append(await measured)
            print(report.text(tables[-1]), flush=True)
    return facts, tables


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.domains", description=__doc__)
    parser.add_argument("--domains", type=int, default=200, metavar="N", help="at once")
    parser.add_argument("--rounds", type=int, default=5, metavar="R")
    parser.add_argument("--json", type=Path, metavar="FILE", help="for programs")
    asked = parser.parse_args(argv)
    facts, tables = asyncio.run(run(asked.domains, asked.rounds))
    if asked.json:
        asked.json.write_bytes(report.data(facts, tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
