"""Asking lists of domains about a sending domain, between two proofs that each is alive."""

import asyncio
import contextlib
from collections.abc import Sequence

from engine.ids import Zone
from engine.ports import DnsFailure, Resolver
from engine.rules import dnsbl, dnsbl_health, domain_lists
from engine.rules.dnsbl import Reply
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.domain_listing import DomainListing
from engine.values.verdict import Answer, Health

LISTS_S = 30.0  # for all of them, in real seconds


class DomainLists:
    """``nonce``: a word that nobody was asked about yet."""

    def __init__(self, resolver: Resolver, catalogue: Catalogue, nonce: str) -> None:
        self._resolver = resolver
        self._catalogue = catalogue
        self._nonce = nonce

    async def about(self, domain: str) -> tuple[DomainListing, ...]:
        """One word of each list that is switched on; of who is too slow, that it did not answer."""
        questions = domain_lists.questions(domain, self._catalogue)
        answers = dict.fromkeys(questions, Answer("unanswered"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LISTS_S), asyncio.TaskGroup() as tasks:
                for zone, asked in questions.items():
                    tasks.create_task(self._ask(zone, asked, answers))
        return tuple(
            domain_lists.told(zone, domain, answer, self._catalogue)
            for zone, answer in answers.items()
        )

    async def _ask(self, zone: Zone, names: Sequence[str], answers: dict[Zone, Answer]) -> None:
        opening = await self._health(zone)
        if opening != "alive":
            answers[zone] = dnsbl.unasked(zone, opening, self._catalogue)[zone]
            return
        replies = await self._replies(names)
        closing = await self._health(zone)
        answer = domain_lists.judge(zone, replies, self._catalogue)
        if closing != "alive":
            answer = dnsbl.disprove({zone: answer}, closing)[zone]
        answers[zone] = answer

    async def _health(self, zone: Zone) -> Health:
        points = domain_lists.points(zone, self._nonce, self._catalogue)
        names = [domain_lists.question(one.domain, zone, self._catalogue) for one in points]
        heard = dict(zip(points, await self._replies(names), strict=True))
        return dnsbl_health.health(zone, heard, self._catalogue).health

    async def _replies(self, names: Sequence[str]) -> list[Reply]:
        return list(await asyncio.gather(*(self._reply(name) for name in names)))

    async def _reply(self, name: str) -> Reply:
        try:
            return await self._resolver.a(name)
        except DnsFailure as failure:
            return "refused" if failure.refused else "unanswered"
