"""One round of questions to the block lists: test points, addresses, test points again.

A list is believed for the time between two proofs.  One that fails the first is not asked about
anybody; what one that fails the last has said counts for nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.ids import IpAddr, Zone
from engine.ports import DnsFailure, Resolver
from engine.rules import dnsbl, dnsbl_health
from engine.rules.dnsbl import Reply
from engine.rules.dnsbl_catalogue import Catalogue
from engine.rules.dnsbl_health import Finding
from engine.values.verdict import Answer

TEST_S = 10.0  # for the test points of one zone, in real seconds
ZONE_IN_FLIGHT = 40  # so that a list that answers slowly does not hold up the others
GIVE_UP_AFTER = 20  # questions in a row without answer; the rest of the round is not asked

_UNABLE = Finding("dead", "it lists no IPv6 addresses")  # for these it is as good as dead

Said = Mapping[IpAddr, Mapping[Zone, Answer]]  # for the zone asked and its parts


class Outcome(NamedTuple):
    """One zone's part in a round."""

    finding: Finding | None  # by the last test points of IPv4, which every list holds; None: none
    said: Said


class _Proofs(NamedTuple):
    """What the test points of each family showed; a list can be broken for IPv6 alone."""

    v4: Finding
    v6: Finding | None = None

    def of(self, ip: IpAddr) -> Finding:
        """An IPv6 address is answered by a list that is alive altogether."""
        broken = self.v4.health != "alive"
        return self.v4 if broken or not dnsbl.is_v6(ip) or self.v6 is None else self.v6


class ZoneRound:
    """One zone in one round."""

    def __init__(
        self,
        zone: Zone,
        *,
        resolver: Resolver,
        catalogue: Catalogue,
        random_ip: Callable[[], IpAddr],
    ) -> None:
        self._zone = zone
        self._resolver = resolver
        self._catalogue = catalogue
        self._random_ip = random_ip
        self._unanswered = 0  # in a row

    async def run(self, ips: Sequence[IpAddr]) -> Outcome:
        able = [ip for ip in ips if dnsbl.can_list(ip, self._zone, self._catalogue)]
        opening = await self._prove(able)
        asked = [ip for ip in able if opening.of(ip).health == "alive"]
        heard = await self._ask(asked, dnsbl.ROUND_S)
        closing = await self._prove(asked) if asked else opening
        said = {ip: self._believed(reply, closing.of(ip)) for ip, reply in heard.items()}
        unasked = {ip: self._unasked(opening.of(ip)) for ip in able if ip not in heard}
        unable = dict.fromkeys(set(ips) - set(able), self._unasked(_UNABLE))
        return Outcome(closing.v4, {**said, **unasked, **unable})

    def _unasked(self, finding: Finding) -> Mapping[Zone, Answer]:
        return dnsbl.unasked(self._zone, finding.health, self._catalogue)

    def _believed(self, reply: Reply, closing: Finding) -> Mapping[Zone, Answer]:
        answers = dnsbl.judge(self._zone, reply, self._catalogue)
        alive = closing.health == "alive"
        return answers if alive else dnsbl.disprove(answers, closing.health)

    async def _prove(self, ips: Sequence[IpAddr]) -> _Proofs:
        """By IPv6 test points too, if there are such addresses to ask about."""
        v4 = await self._test(dnsbl_health.points(self._zone, self._random_ip(), self._catalogue))
        if not any(dnsbl.is_v6(ip) for ip in ips):
            return _Proofs(v4)
        return _Proofs(v4, await self._test(dnsbl_health.points_v6(self._zone, self._catalogue)))

    async def _test(self, points: Sequence[dnsbl_health.Point]) -> Finding:
        self._unanswered = 0
        heard = await self._ask([point.ip for point in points], TEST_S)
        answers = {point: heard[point.ip] for point in points}
        return dnsbl_health.health(self._zone, answers, self._catalogue)

    async def _ask(self, ips: Collection[IpAddr], seconds: float) -> dict[IpAddr, Reply]:
        """Who is not answered is asked once more: under load an answer gets lost."""
        heard: dict[IpAddr, Reply] = dict.fromkeys(ips, "unanswered")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._pass(ips, heard)
                await self._pass([ip for ip in ips if heard[ip] == "unanswered"], heard)
        return heard

    async def _pass(self, ips: Collection[IpAddr], heard: dict[IpAddr, Reply]) -> None:
        waiting = iter(ips)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(len(ips), ZONE_IN_FLIGHT)):
                tasks.create_task(self._work(waiting, heard))

    async def _work(self, waiting: Iterator[IpAddr], heard: dict[IpAddr, Reply]) -> None:
        for ip in waiting:
            if self._unanswered >= GIVE_UP_AFTER:
                return
            heard[ip] = reply = await self._reply(ip)
            self._unanswered = self._unanswered + 1 if reply == "unanswered" else 0

    async def _reply(self, ip: IpAddr) -> Reply:
        try:
            return await self._resolver.a(dnsbl.question(ip, self._zone))
        except DnsFailure as failure:
            return "refused" if failure.refused else "unanswered"
