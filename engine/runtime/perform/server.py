"""Finding, telling and reading MailWizz's delivery servers."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from engine.commands.server import JudgeServer, PlanServer, ReportServer
from engine.effects import FindServer, ReadServer, TellServer
from engine.events.mailwizz import MAILWIZZ, MailwizzLooked
from engine.ids import InstanceId
from engine.ports import Ids, Log, Mailwizz, MailwizzRefused, MailwizzSilent, New, Slice
from engine.rules.redaction import fragment
from engine.runtime.command_handler import CommandHandler
from engine.runtime.gather import Gathering
from engine.runtime.notes import ENGINE
from engine.runtime.perform.command import ask
from engine.values.server import ServerRow

LOOK_S = 30
TELL_S = 10


class Servers:
    """The performer of everything about delivery servers."""

    def __init__(self, *, mailwizz: Mailwizz, handler: CommandHandler, log: Log, ids: Ids) -> None:
        self._mailwizz = mailwizz
        self._handler = handler
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
            rows, why = await self._rows(instance)
            for tenant in sorted({one.tenant for one in asked}):
                theirs = [one for one in asked if one.tenant == tenant]
                looked = _looked(instance, theirs, rows, why)
                new = New(self._ids(), looked)
                stream = MAILWIZZ.stream(instance)
                slices.append(Slice(stream=stream, tenant=tenant, events=[new]))
        # the cause is read by every tenant of the look, so it names none of their addresses
        await self._log.append(slices, actor=ENGINE, cause=f"{effects[0].kind}/{self._ids()}")

    async def _rows(self, instance: InstanceId) -> tuple[Sequence[ServerRow], str]:
        try:
            async with asyncio.timeout(LOOK_S):
                return await self._mailwizz.rows(instance), ""
        except (MailwizzRefused, MailwizzSilent, TimeoutError) as failure:
            return (), fragment(str(failure)) or "no answer in time"

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


def _looked(
    instance: InstanceId, asked: Sequence[FindServer], rows: Sequence[ServerRow], why: str
) -> MailwizzLooked:
    """A row is an address's when its hostname is, and no other row has that hostname."""
    named = Counter(row.hostname.lower() for row in rows)
    by_name = {row.hostname.lower(): row for row in rows}
    wanted = {one.ip: one.hostname.lower() for one in asked}
    return MailwizzLooked(
        instance=instance,
        ips=tuple(sorted(wanted)),
        rows={ip: by_name[name] for ip, name in wanted.items() if named[name] == 1},
        several=tuple(sorted(ip for ip, name in wanted.items() if named[name] > 1)),
        why=why,
    )
