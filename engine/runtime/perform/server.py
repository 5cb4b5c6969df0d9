"""Finding, telling and reading MailWizz's delivery servers."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.commands.server import JudgeServer, PlanServer, ReportServer
from engine.effects import FindServer, ReadServer, TellServer
from engine.events.mailwizz import MAILWIZZ, MailwizzLooked
from engine.ids import InstanceId, IpAddr, ServerId, TenantId
from engine.ports import Ids, Log, Mailwizz, MailwizzRefused, MailwizzSilent, New, Slice
from engine.projections.servers import SERVERS
from engine.rules.redaction import fragment
from engine.runtime.command_handler import CommandHandler
from engine.runtime.gather import Gathering
from engine.runtime.notes import ENGINE
from engine.runtime.perform.command import ask
from engine.runtime.views import Views
from engine.values.server import ServerRow

LOOK_S = 30
TELL_S = 10
SLOW_S = 5  # our own judgement: a table of some hundred rows is read in milliseconds


class Servers:
    """The performer of everything about delivery servers."""

    def __init__(
        self, *, mailwizz: Mailwizz, handler: CommandHandler, views: Views, log: Log, ids: Ids
    ) -> None:
        self._mailwizz = mailwizz
        self._handler = handler
        self._views = views
        self._log = log
        self._ids = ids
        self._looks = Gathering(self._look)

    async def find(self, effect: FindServer) -> None:
        await self._looks.join(effect)

    async def _look(self, effects: Sequence[FindServer]) -> None:
        """One SELECT for each installation, and one event for each tenant concerned."""
        slices: list[Slice] = []
        for instance in sorted({one.instance for one in effects}):
            asked = [one for one in effects if one.instance == instance]
            found = await self._found(instance)
            holders = self._holders(instance)
            for tenant in sorted({one.tenant for one in asked}):
                theirs = [one for one in asked if one.tenant == tenant]
                looked = _looked(instance, theirs, found, holders)
                new = New(self._ids(), looked)
                stream = MAILWIZZ.stream(instance)
                slices.append(Slice(stream=stream, tenant=tenant, events=[new]))
        # the cause is read by every tenant of the look, so it names none of their addresses
        await self._log.append(slices, actor=ENGINE, cause=f"{effects[0].kind}/{self._ids()}")

    def _holders(self, instance: InstanceId) -> "Holders":
        held = self._views.of(SERVERS).values()
        return {
            one.claimed.server_id: (one.tenant, one.ip)
            for one in held
            if one.claimed and one.claimed.instance == instance
        }

    async def _found(self, instance: InstanceId) -> "_Found":
        real = asyncio.get_running_loop().time
        began = real()
        try:
            async with asyncio.timeout(LOOK_S):
                rows = await self._mailwizz.rows(instance)
                clock = await self._mailwizz.clock(instance)
                return _Found(rows, clock, took_s=real() - began)
        except (MailwizzRefused, MailwizzSilent, TimeoutError) as failure:
            return _Found(why=fragment(str(failure)) or "no answer in time")

    async def tell(self, effect: TellServer) -> None:
        """Raises Rejected, before anything is touched, if the last outcome is not known."""
        server, ip, wish = effect.server, effect.ip, effect.wish
        await ask(effect, PlanServer(server=server, ip=ip, wish=wish), self._handler)
        try:
            async with asyncio.timeout(TELL_S):
                row = await self._mailwizz.tell(
                    server.instance, server.server_id, wish, ours=effect.ours
                )
            report = ReportServer(server=server, ip=ip, row=row)
        except MailwizzRefused as refusal:
            report = ReportServer(server=server, ip=ip, failed=fragment(str(refusal)) or "refused")
        except (MailwizzSilent, TimeoutError) as silence:
            report = ReportServer(server=server, ip=ip, unknown=fragment(str(silence)))
        await ask(effect, report, self._handler)

    async def read(self, effect: ReadServer) -> None:
        server, ip, n = effect.server, effect.ip, effect.attempt
        try:
            async with asyncio.timeout(LOOK_S):
                row = await self._mailwizz.row(server.instance, server.server_id)
        except (MailwizzRefused, MailwizzSilent, TimeoutError) as failure:
            said = fragment(str(failure)) or "no answer in time"
            report = ReportServer(server=server, ip=ip, unknown=said, attempt=n + 1)
            await ask(effect, report, self._handler)
        else:
            await ask(effect, JudgeServer(server=server, ip=ip, row=row), self._handler)


class _Found(NamedTuple):
    rows: Sequence[ServerRow] = ()
    clock: str = ""
    why: str = ""
    took_s: float = 0.0


Holders = Mapping[ServerId, tuple[TenantId, IpAddr]]  # whose each claimed server is


def _looked(
    instance: InstanceId, asked: Sequence[FindServer], found: _Found, holders: Holders
) -> MailwizzLooked:
    """A row is an address's when it has it already, or when its hostname is, no other row has that
    hostname, and no other address has the row.
    """
    numbered = {row.server_id: row for row in found.rows}
    mine = {one.ip: one.server_id for one in asked if one.server_id is not None}
    named: dict[str, list[ServerRow]] = {}
    for row in found.rows:
        named.setdefault(row.hostname.lower(), []).append(row)
    fit = {one.ip: named.get(one.hostname.lower(), []) for one in asked if one.ip not in mine}
    whose = {one.ip: (one.tenant, one.ip) for one in asked}
    only = {ip: rows[0] for ip, rows in fit.items() if len(rows) == 1}
    taken = {ip for ip, row in only.items() if holders.get(row.server_id, whose[ip]) != whose[ip]}
    rows = {ip: numbered[number] for ip, number in mine.items() if number in numbered}
    rows |= {ip: row for ip, row in only.items() if ip not in taken}
    return MailwizzLooked(
        instance=instance,
        ips=tuple(sorted(whose)),
        rows=rows,
        several=tuple(sorted(ip for ip, rows in fit.items() if len(rows) > 1)),
        taken=tuple(sorted(taken)),
        gone=() if found.why else tuple(sorted(mine.keys() - rows.keys())),
        why=found.why,
        clock=found.clock,
        slow_s=int(found.took_s) if found.took_s >= SLOW_S else 0,
    )
