"""Whether what the engine needs of the world is there, as far as that can be seen without it."""

import asyncio
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from engine import config as configuration
from engine.adapters.resolver import AiodnsResolver
from engine.adapters.resolver_check import resolver_check
from engine.cli import exits
from engine.cli.exits import Failed
from engine.cli.reading import say, say_json
from engine.errors import StartRefused
from engine.rules.resolver_check import Finding


def run(asked: Namespace) -> int:
    try:
        config = configuration.load(Path(asked.config))
        configuration.block_lists(config)
    except StartRefused as refused:
        raise Failed(str(refused), exits.USAGE) from refused
    found, servers = asyncio.run(_checked(config.dns.nameservers))
    if asked.json:
        faults = [one._asdict() for one in found]
        say_json({"nameservers": servers, "faults": faults})
        return exits.WRONG if found else exits.OK
    for one in found:
        say(f"{one.fault}: {one.text}")
    if not found:
        say(f"fit to ask block lists: {', '.join(servers)}")
    return exits.WRONG if found else exits.OK


async def _checked(nameservers: Sequence[str]) -> tuple[tuple[Finding, ...], list[str]]:
    resolver = AiodnsResolver(list(nameservers))
    try:
        return await resolver_check(resolver), [resolver.name]
    finally:
        await resolver.close()
