"""Six weeks of one fleet, told and checked from outside, step by step."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple

from engine.demo import fleet
from engine.demo.clock import DemoClock
from engine.demo.fleet import DemoIp
from engine.demo.narrate import Narrator
from engine.demo.outside import Outside
from engine.demo.screen import Screen
from engine.ids import Position
from engine.ports import Log
from engine.rules.ladder import ACTIVE_PER_DAY, LADDER
from engine.rules.pmta_config import tenant_file
from engine.values.server import hourly

Ask = Callable[[str, str, object], Awaitable[tuple[int, Any]]]  # method, path, body -> answer


class StepFailed(Exception):
    """A step of the story did not come true."""


class Step(NamedTuple):
    name: str
    seen: str


class Story:
    def __init__(
        self, *, outside: Outside, clock: DemoClock, log: Log, ask: Ask, screen: Screen
    ) -> None:
        self._outside = outside
        self._clock = clock
        self._log = log
        self._ask = ask
        self._screen = screen
        self._read_to = Position(0)
        self._narrator = Narrator()
        self.steps: list[Step] = []
        self.seen: Counter[str] = Counter()  # events, by tag

    async def tell(self) -> None:
        """Raises StepFailed, which names the step."""
        await self._register()
        await self._live_to(1, hour=10)
        await self._warming()
        for day in range(2, fleet.LAST_DAY + 1):
            await self._live_to(day, hour=1)
            await self._morning(day)
        self._screen.end()
        await self._dead_list()

    # --- the chapters ------------------------------------------------------------------------

    async def _register(self) -> None:
        tenants = [tenant._asdict() for tenant in fleet.TENANTS]
        status, made = await self._ask("POST", "/api/v2/tenants", tenants)
        self._check("two tenants are registered through the API", status == 201, made)
        for tenant in fleet.TENANTS:
            domain = tenant.sending_domain_base
            body = {"domain": domain, "tenant": tenant.slug}
            status, made = await self._ask("POST", "/api/v2/domains", body)
            self._check(f"{domain} is registered through the API", status == 201, made)
        for one in fleet.IPS:
            body = {"address": one.ip, "purpose": one.purpose, "tenant": one.tenant}
            status, made = await self._ask("POST", "/api/v2/ips", body)
            self._check(f"{one.ip} is registered through the API", status == 201, made)

    async def _warming(self) -> None:
        for tenant in fleet.TENANTS:
            domain = tenant.sending_domain_base
            _, seen = await self._ask("GET", f"/api/v2/domains/{domain}", None)
            right = bool(seen["definite"]) and all(
                one["valid"] for one in seen["definite"].values()
            )
            self._check(f"the DNS of {domain} is as providers want it", right, seen)
        for one in fleet.IPS:
            shown = await self._ip(one)
            self._check(f"{one.ip} is warming up", shown["phase"] == "WARMING", shown)
            await self._sends(one, 1, LADDER[0])

    async def _morning(self, day: int) -> None:
        week, first = divmod(day - 1, 7)
        if first == 0 and week < len(LADDER):
            for one in self._lucky(day):
                await self._sends(one, week + 1, LADDER[week])
        if day == fleet.LISTED_DAY:
            await self._outside.list(fleet.UNLUCKY.ip, fleet.LISTING)
        if day == fleet.LISTED_DAY + 1:
            await self._stopped()
        if day == fleet.CLEARED_DAY:
            await self._outside.clear(fleet.UNLUCKY.ip, fleet.LISTING)
        if day == fleet.CLEARED_DAY + 3:
            await self._back()
        if day == fleet.SPF_DAY:
            await self._outside.spf(self._domain, fleet.spf(fleet.SIBLING.ip))
        if day == fleet.SPF_DAY + 1:
            await self._mended()
        if day == fleet.LAST_DAY:
            await self._finished()

    async def _stopped(self) -> None:
        one, vmta = fleet.UNLUCKY, self._vmta(fleet.UNLUCKY)
        shown = await self._ip(one)
        place = (shown["phase"], shown["reason"])
        self._check(f"{one.ip} is in STANDBY (listed)", place == ("STANDBY", "listed"), shown)
        paused = await self._outside.paused(vmta)
        self._check(f"its queues are paused on {fleet.NODE}", paused, vmta)
        pool = await self._pool()
        kept = self._vmta(fleet.SIBLING)
        self._check("its pool runs on without it", vmta not in pool and kept in pool, pool)
        row = await self._outside.server(one.hostname)
        self._check("its delivery server in MailWizz is off", not row.on, row)
        other = await self._outside.server(fleet.SIBLING.hostname)
        self._check("the other server of its pool is on", other.on, other)
        texts = [text for text in await self._outside.messages() if "IP blacklisted" in text]
        told = [text for text in texts if one.ip in text and "queues paused" in text]
        self._check("a Telegram message says so, with what was done", bool(told), texts)

    async def _back(self) -> None:
        one = fleet.UNLUCKY
        shown = await self._ip(one)
        self._check(f"{one.ip} is clean, and warms up again", shown["phase"] == "WARMING", shown)
        paused = await self._outside.paused(self._vmta(one))
        self._check("its queues run again", not paused, self._vmta(one))
        row = await self._outside.server(one.hostname)
        self._check("its delivery server is on again", row.on, row)

    async def _mended(self) -> None:
        one, path = fleet.UNLUCKY, f"/api/v2/domains/{self._domain}"
        told = [text for text in await self._outside.messages() if "SPF of a" in text]
        fix = [text for text in told if f"ip4:{one.ip}" in text]
        self._check("a message says what to publish for the forgotten address", bool(fix), told)
        await self._outside.spf(self._domain, fleet.spf(one.ip, fleet.SIBLING.ip))
        body = {"tenant": fleet.TENANTS[0].slug}
        status, seen = await self._ask("POST", f"{path}/check", body)
        good = status == 200 and seen["definite"]["spf"]["valid"]
        self._check("once it is mended, a look on demand finds it so", good, seen)

    async def _finished(self) -> None:
        for one in self._lucky(fleet.LAST_DAY):
            shown = await self._ip(one)
            self._check(f"{one.ip} is ACTIVE", shown["phase"] == "ACTIVE", shown)
            await self._sends(one, len(LADDER), ACTIVE_PER_DAY)
            texts = [text for text in await self._outside.messages() if one.ip in text]
            told = [text for text in texts if "Warm-up finished" in text]
            self._check(f"a message says that {one.ip} has finished", len(told) == 1, told)

    async def _dead_list(self) -> None:
        _, zones = await self._ask("GET", "/api/v2/blacklists/zones", None)
        health = {zone["zone"]: zone["health"] for zone in zones["items"]}
        dead = [zone for zone, state in health.items() if state != "alive"]
        self._check("SORBS is shown dead, and no other list", dead == [fleet.SORBS], health)

    @property
    def _domain(self) -> str:
        return fleet.TENANTS[0].sending_domain_base

    # --- looking from outside ----------------------------------------------------------------

    async def _sends(self, one: DemoIp, stage: int, cap: int) -> None:
        """The quota has arrived on the node and in MailWizz."""
        block = await self._block(one)
        here = f"max-smtp-msg-rate {cap}/d" in block
        self._check(f"stage {stage}: {one.ip} may send {cap:,} a day on {fleet.NODE}", here, block)
        row = await self._outside.server(one.hostname)
        there = (row.daily, row.hourly, row.on) == (cap, hourly(cap), True)
        self._check(f"stage {stage}: {cap:,} a day for {one.ip} in MailWizz", there, row)

    async def _block(self, one: DemoIp) -> str:
        name, text = re.escape(self._vmta(one)), await self._outside.file(one.tenant)
        found = re.search(rf"<virtual-mta {name}>.*?</virtual-mta>", text, re.S)
        return found[0] if found else ""

    async def _pool(self) -> str:
        text = await self._outside.file(fleet.UNLUCKY.tenant)
        found = re.search(r"<virtual-mta-pool .*?</virtual-mta-pool>", text, re.S)
        return found[0] if found else ""

    async def _ip(self, one: DemoIp) -> Any:
        _, shown = await self._ask("GET", f"/api/v2/ips/{one.ip}", None)
        return shown

    @staticmethod
    def _vmta(one: DemoIp) -> str:
        return tenant_file.vmta(one.tenant, one.ip)

    @staticmethod
    def _lucky(day: int) -> list[DemoIp]:
        listed = day > fleet.LISTED_DAY
        return [one for one in fleet.IPS if not (listed and one is fleet.UNLUCKY)]

    # --- telling -----------------------------------------------------------------------------

    async def _live_to(self, day: int, *, hour: int) -> None:
        midnight = fleet.START.replace(hour=0) + timedelta(days=day - 1)
        await self._clock.run_to(midnight + timedelta(hours=hour))
        await self._narrate()
        self._screen.days(day, fleet.LAST_DAY)

    async def _narrate(self) -> None:
        while events := await self._log.read_from(self._read_to, 500):
            for recorded in events:
                self._read_to = recorded.position
                self.seen[str(recorded.event.__struct_config__.tag)] += 1
                text = self._narrator.line(recorded)
                if text:
                    day = (recorded.at - fleet.START.replace(hour=0)).days + 1
                    self._screen.told(recorded.at, day, text)

    def _check(self, name: str, came_true: bool, seen: object) -> None:
        if not came_true:
            raise StepFailed(f"{name}: no; what was seen instead: {seen}")
        self.steps.append(Step(name, str(seen)))
