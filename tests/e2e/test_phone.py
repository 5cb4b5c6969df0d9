"""From a block list to a phone, and from the phone back to PowerMTA."""

import json
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from engine.demo import fleet
from engine.demo.fleet import DemoIp
from engine.demo.mailwizz import DemoMailwizz
from engine.demo.telegram import DemoTelegram
from engine.demo.telegram_chats import Message
from engine.rules.pmta_config import tenant_file
from tests.e2e.real_engine import PERSON, Around, Running, running_among
from tests.e2e.real_world import serving_the_fleet
from tests.support.postgres import Database, eventually
from tests.support.sshd import RealNode

pytestmark = [pytest.mark.e2e, pytest.mark.real]

STOPPED, NOTED = fleet.IPS[0], fleet.IPS[2]  # of two tenants; the second only wants to be told
HOUR = timedelta(hours=1)


class Phone:
    """What one person reads and presses in the chat."""

    def __init__(self, telegram: DemoTelegram) -> None:
        self._telegram = telegram

    async def reads(self, *parts: str) -> Message:
        """The newest message that has all of these in it, once it is there."""
        found: list[Message] = []

        def there() -> bool:
            read = self._telegram.transcript
            found[:] = [one for one in read if all(part in one.text for part in parts)]
            return bool(found)

        await eventually(there)
        return found[-1]

    async def presses(self, message: Message, label: str) -> None:
        rows = json.loads(message.markup)["inline_keyboard"]
        (data,) = (
            one["callback_data"] for row in rows for one in row if one["text"].startswith(label)
        )
        self._telegram.press(int(fleet.CHAT), PERSON, message.message_id, data)


async def test_a_listing_reaches_the_phone_and_its_buttons_reach_powermta(
    database: Database, real_node: RealNode, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        lists, _, telegram, resolver = await stack.enter_async_context(serving_the_fleet())
        mailwizz = DemoMailwizz(fleet.INSTANCE)
        for one in (STOPPED, NOTED):
            mailwizz.add(fleet.INSTANCE, one.hostname)
        around = Around(database, real_node, resolver, mailwizz, telegram)
        engine = await stack.enter_async_context(
            running_among(around, tmp_path, watch_minutes=0)  # a look starts several programs
        )
        phone = Phone(telegram)

        def stands_still(one: DemoIp) -> bool:
            pattern = f"*/{tenant_file.vmta(one.tenant, one.ip)}"
            return pattern in real_node.pmta.peek()["patterns"]

        await warming(engine)
        for one in (STOPPED, NOTED):
            lists.list(one.ip, fleet.LISTING)
        await engine.clock.run_to(fleet.START + 6 * HOUR)

        told = await phone.reads("IP blacklisted", STOPPED.ip, "queues paused at")
        assert (fleet.LISTING in told.text, told.silent) == (True, False)
        assert (stands_still(STOPPED), stands_still(NOTED)) == (True, False)

        await phone.presses(await phone.reads("Listed, and not stopped", NOTED.ip), "Pause it")
        asked = await phone.reads(NOTED.ip, "Pause it at once")
        assert not stands_still(NOTED), "a first press only asks"
        await phone.presses(asked, "Pause")
        await eventually(lambda: stands_still(NOTED))
        await phone.reads("Pause it at once", f"Done (2026-01-05 15:00Z, by {PERSON})")

        await phone.presses(await phone.reads("Address paused", NOTED.ip), "Resume it")
        await phone.presses(await phone.reads(NOTED.ip, "End the pause"), "Resume")
        await eventually(lambda: not stands_still(NOTED))
        assert stands_still(STOPPED), "another tenant's stop stays"
    orders = await database.ask("SELECT actor FROM engine.event WHERE tag LIKE 'ip.pause%'")
    assert {row["actor"] for row in orders} == {f"telegram:{PERSON}"}


async def warming(engine: Running) -> None:
    """Two addresses of two tenants, one of which bears what the list says."""
    for tenant, one in zip(fleet.TENANTS, (STOPPED, NOTED), strict=True):
        assert (await engine.ask("POST", "/api/v2/tenants", tenant._asdict()))[0] == 201
        body = {"address": one.ip, "purpose": one.purpose, "tenant": tenant.slug}
        assert (await engine.ask("POST", "/api/v2/ips", body))[0] == 201
    bears = {"actions": {fleet.LISTING: "alert"}}
    path = f"/api/v2/tenants/{NOTED.tenant}/zone-actions"
    assert (await engine.ask("PUT", path, bears))[0] == 200
    await engine.clock.run_to(fleet.START + HOUR)
    for one in (STOPPED, NOTED):
        _, shown = await engine.ask("GET", f"/api/v2/ips/{one.ip}", None)
        assert shown["phase"] == "WARMING", shown
