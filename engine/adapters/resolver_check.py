"""Asks each configured name server for a list's test entries, by each of the ways there are."""

import asyncio
from collections.abc import Sequence

from engine.adapters import dns_answers
from engine.adapters.ares_channel import AresChannel, system_servers
from engine.adapters.resolver import AiodnsResolver
from engine.ids import Zone
from engine.rules.dnsbl_catalogue import ZEN
from engine.rules.resolver_check import Finding, Heard, Way, findings, questions
from engine.values.dns import DnsAnswer, Question

PATIENCE_S = 5.0  # a start may wait that long


async def resolver_check(
    resolver: AiodnsResolver, zone: Zone = ZEN, *, timeout_s: float = PATIENCE_S
) -> tuple[Finding, ...]:
    """What is wrong with the servers that this one asks, each by itself; () if they are fit.  Takes
    ``timeout_s`` seconds at most.
    """
    servers = resolver.nameservers or system_servers()
    heard = await asyncio.gather(*(_heard(server, zone, timeout_s) for server in servers))
    return tuple(
        finding
        for server, said in zip(servers, heard, strict=True)
        for finding in findings(server, zone, said)
    )


async def _heard(server: str, zone: Zone, timeout_s: float) -> Heard:
    listed, unlisted = questions(zone)
    asked: Sequence[tuple[Question, Way]] = (
        (listed, "udp"),
        (unlisted, "udp"),
        (listed, "plain"),
        (listed, "tcp"),
    )
    answers = await asyncio.gather(*(_answer(server, one, way, timeout_s) for one, way in asked))
    return Heard(*answers)


async def _answer(server: str, question: Question, way: Way, timeout_s: float) -> DnsAnswer:
    """On a channel of its own: what another heard is no proof."""
    channel = AresChannel([server], timeout_s, way)
    asked = channel.ask(question.type, question.name, lambda: None)
    try:
        heard = await asked.future
    finally:
        channel.done(asked)
        channel.close()
    if heard.result is None:
        return dns_answers.failed(heard.code)
    return dns_answers.read(question, heard.result)
