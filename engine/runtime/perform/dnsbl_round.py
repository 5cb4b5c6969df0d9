"""One round of questions to the block lists: test points, addresses, test points again.

A list is believed for the time between two proofs.  One that fails the first is not asked about
anybody; what one that fails the last has said counts for nothing.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from engine.ids import IpAddr, Zone
from engine.ports import DnsFailure, Resolver
from engine.rules import dnsbl, dnsbl_health
from engine.rules.dnsbl import Reply
from engine.rules.dnsbl_catalogue import Catalogue
from engine.rules.dnsbl_health import Finding
from engine.rules.redaction import fragment
from engine.values.dns import Question
from engine.values.verdict import Answer, Health

TEST_S = 10.0  # for the test points of one zone, in real seconds
# So that a list that answers slowly does not hold up the others, and all of them together do not
# overflow the buffer of a name server (some 250 questions): what is lost there costs half a second.
ZONE_IN_FLIGHT = 20
REASONS_MAX = 50  # listings of one round that the list is asked to explain
GIVE_UP_AFTER = 20  # questions in a row without answer; the rest of the round is not asked

_UNABLE = Finding("dead", "it lists no IPv6 addresses")  # for these it is as good as dead

BULK_MIN = 8  # questions; fewer are no trouble

# The A records of many names at once, so many under way: (), there are none; None, ask otherwise.
Bulk = Callable[[Sequence[str], int], Awaitable[Mapping[str, tuple[str, ...] | None]]]

Said = Mapping[IpAddr, Mapping[Zone, Answer]]  # for the zone asked and its parts


class Outcome(NamedTuple):
    """One zone's part in a round."""

    finding: Finding | None  # by the last test points of IPv4, which every list holds; None: none
    said: Said
    questions: int = 0  # that were put to it


class _Proofs(NamedTuple):
    """What the test points of each family showed; a list can be broken for IPv6 alone."""

    v4: Finding
    v6: Finding | None = None

    def of(self, ip: IpAddr) -> Finding:
        """An IPv6 address is answered by a list that is alive altogether."""
        broken = self.v4.health != "alive"
        return self.v4 if broken or not dnsbl.is_v6(ip) or self.v6 is None else self.v6


def _is_hit(answer: Answer) -> bool:
    return answer.counts and answer.verdict == "listed"


def _with(answer: Answer, reason: str) -> Answer:
    return replace(answer, reason=reason) if _is_hit(answer) else answer


class ZoneRound:
    """One zone in one round."""

    def __init__(
        self,
        zone: Zone,
        *,
        resolver: Resolver,
        catalogue: Catalogue,
        random_ip: Callable[[], IpAddr],
        bulk: Bulk | None = None,
    ) -> None:
        self._bulk = bulk
        self._zone = zone
        self._resolver = resolver
        self._catalogue = catalogue
        self._random_ip = random_ip
        self._unanswered = 0  # in a row
        self._questions = 0
        self._meant: dict[tuple[Reply, Health], Mapping[Zone, Answer]] = {}

    async def run(self, ips: Sequence[IpAddr]) -> Outcome:
        able = [ip for ip in ips if dnsbl.can_list(ip, self._zone, self._catalogue)]
        opening = await self._prove(able)
        asked = [ip for ip in able if opening.of(ip).health == "alive"]
        heard = await self._ask(asked, dnsbl.ROUND_S)
        closing = await self._prove(asked) if asked else opening
        said = {ip: self._believed(reply, closing.of(ip)) for ip, reply in heard.items()}
        said |= await self._explained(said)
        unasked = {ip: self._unasked(opening.of(ip)) for ip in able if ip not in heard}
        unable = dict.fromkeys(set(ips) - set(able), self._unasked(_UNABLE))
        return Outcome(closing.v4, {**said, **unasked, **unable}, self._questions)

    def _unasked(self, finding: Finding) -> Mapping[Zone, Answer]:
        return dnsbl.unasked(self._zone, finding.health, self._catalogue)

    def _believed(self, reply: Reply, closing: Finding) -> Mapping[Zone, Answer]:
        """Most addresses are answered the same, and then they share what it means."""
        known = self._meant.get((reply, closing.health))
        if known is None:
            answers = dnsbl.judge(self._zone, reply, self._catalogue)
            alive = closing.health == "alive"
            known = answers if alive else dnsbl.disprove(answers, closing.health)
            self._meant[reply, closing.health] = known
        return known

    async def _explained(self, said: Said) -> Said:
        """Those that are listed, with what the list itself says about it (RFC 5782 2.1).  Whatever
        becomes of that question, a listing it is.
        """
        if not self._catalogue[self._zone].reason:
            return {}
        hits = [ip for ip, answers in said.items() if _is_hit(answers[self._zone])][:REASONS_MAX]
        texts: dict[IpAddr, str] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TEST_S), asyncio.TaskGroup() as tasks:
                for ip in hits:
                    tasks.create_task(self._reason(ip, texts))
        return {
            ip: {zone: _with(answer, text) for zone, answer in said[ip].items()}
            for ip, text in texts.items()
        }

    async def _reason(self, ip: IpAddr, texts: dict[IpAddr, str]) -> None:
        self._questions += 1
        question = Question(dnsbl.question(ip, self._zone, self._catalogue), "TXT")
        answer = await self._resolver.lookup(question)
        said = dnsbl.without_keys(" ".join(answer.records), self._catalogue)
        if text := fragment(said):
            texts[ip] = text

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
                await self._pass(await self._at_once(ips, heard), heard)
                await self._pass([ip for ip in ips if heard[ip] == "unanswered"], heard)
        return heard

    async def _at_once(
        self, ips: Collection[IpAddr], heard: dict[IpAddr, Reply]
    ) -> Collection[IpAddr]:
        """Those that are left: a few, or whose answer takes more than a plain packet."""
        if self._bulk is None or len(ips) < BULK_MIN:
            return ips
        names = {dnsbl.question(ip, self._zone, self._catalogue): ip for ip in ips}
        self._questions += len(names)
        found = await self._bulk(list(names), ZONE_IN_FLIGHT)
        heard |= {names[name]: reply for name, reply in found.items() if reply is not None}
        return [ip for ip in ips if heard[ip] == "unanswered"]

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
        self._questions += 1
        try:
            return await self._resolver.a(dnsbl.question(ip, self._zone, self._catalogue))
        except DnsFailure as failure:
            return "refused" if failure.refused else "unanswered"
