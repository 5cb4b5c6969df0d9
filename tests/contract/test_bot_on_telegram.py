"""The whole way of a conversation: Bot API, aiogram, the bot, the API's handlers, the log."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import msgspec
import pytest

from engine import config as configuration
from engine.adapters import telegram_poll
from engine.adapters.prometheus import PartTally
from engine.app.people import Talk, hear, talk
from engine.bot import commands
from engine.events.dns import FcrdnsLooked
from engine.events.ip import IpQuarantined
from engine.ids import IpAddr
from tests.support import phones, samples
from tests.support.api_world import SOS, ULIXAI
from tests.support.conversation import OPERATOR, SOS_CHAT, STRANGER, Conversation, conversation

IP = IpAddr("1.2.3.4")
NAMES = ("mail1.sos-mail.com",)


async def until(there: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not there():  # noqa: ASYNC110  # what is waited for has no event to give
            await asyncio.sleep(0.01)


async def test_a_person_looks_stops_an_address_and_sees_it_stopped() -> None:
    async with (
        conversation() as bot,
        phones.telegram() as phone,
        phones.messenger_to(phone) as line,
    ):
        client = await bot.world.key(SOS, "operate")
        await client.post("/api/v2/ips", {"address": IP, "purpose": "marketing"})
        pointed = FcrdnsLooked(ip=IP, names=NAMES, confirmed=NAMES)
        await bot.world.happens(SOS, IP, pointed, samples.looked(ip=IP), samples.stage(1, ip=IP))
        troubles: list[str] = []
        hears, chats = partial(hear, bot.means), lambda: (SOS_CHAT,)
        poll = telegram_poll.poll(line, hears, commands.MENU, troubles.append, chats)
        ear = asyncio.create_task(poll)
        said = phone.transcript
        phone.say(SOS_CHAT, STRANGER, "/ips")
        phone.say(SOS_CHAT, OPERATOR, f"/warmup {IP}")
        await until(lambda: len(said) == 2)
        assert phone.chats.menus == {SOS_CHAT: commands.MENU}
        assert said[0].picture
        assert "stage 1 of 6" in said[1].text
        phone.say(SOS_CHAT, OPERATOR, f"/quarantine {IP} 550 <b>no</b> & <x@example.com>")
        await until(lambda: len(said) == 3)
        markup = msgspec.json.decode(said[2].markup)
        yes = markup["inline_keyboard"][0][0]["callback_data"]
        for _ in range(2):
            phone.press(SOS_CHAT, OPERATOR, said[2].message_id, yes)
        await until(lambda: len(phone.chats.flashes) == 2)
        phone.say(SOS_CHAT, OPERATOR, "/ips quarantined")
        phone.say(SOS_CHAT, OPERATOR, f"/ip {IP}")
        await until(lambda: len(said) == 5)
        ear.cancel()
        await asyncio.wait([ear])
        assert ear.cancelled()
        assert troubles == []
        assert "Done (" in said[2].text
        assert phone.chats.flashes[0] == "Done"
        assert "pressed already" in phone.chats.flashes[1]
        assert "STANDBY (quarantined)" in said[4].text
        happened = await bot.world.events()
        (stop,) = [one.event for one in happened if isinstance(one.event, IpQuarantined)]
        assert "example.com" not in stop.reason
        assert [one.actor for one in happened if one.event is stop] == [f"telegram:{OPERATOR}"]


async def test_a_chat_that_is_added_while_the_engine_runs_hears_and_is_heard(
    tmp_path: Path,
) -> None:
    async with conversation() as bot, phones.telegram() as phone:
        world, admin = bot.world, await bot.world.admin()
        async with people_of(bot, tmp_path, phone.url) as people:
            ear = asyncio.create_task(people.jobs[0]())
            people.found(world.pump.views)
            assert people.configured == frozenset({"-1009"})
            said = await admin.ask("PUT", f"/api/v2/chats/{SOS_CHAT}", {"tenant": SOS})
            assert said.status == 200
            assert [one.to for one in people.chats(SOS)] == ["-1009", str(SOS_CHAT)]
            assert [one.to for one in people.chats(ULIXAI)] == ["-1009"]
            people.opened()
            phone.say(SOS_CHAT, OPERATOR, "/whoami")
            await until(lambda: phone.transcript)
            assert "which sees sos-expat." in phone.transcript[0].text
            await admin.ask("DELETE", f"/api/v2/chats/{SOS_CHAT}?tenant={SOS}")
            phone.say(SOS_CHAT, OPERATOR, "/whoami")
            phone.say(-1009, OPERATOR, "/whoami")
            await until(lambda: len(phone.transcript) == 2)
            assert [one.chat for one in phone.transcript] == [SOS_CHAT, -1009]
            ear.cancel()
            await asyncio.wait([ear])


async def test_nobody_is_heard_before_all_is_folded_that_says_who_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls: list[object] = []

    async def poll(*how: object, **more: object) -> None:
        polls.append(how)

    monkeypatch.setattr("engine.adapters.telegram_poll.poll", poll)
    async with (
        conversation() as bot,
        people_of(bot, tmp_path, "http://127.0.0.1:9") as people,
    ):
        ear = asyncio.create_task(people.jobs[0]())
        await asyncio.sleep(0)
        assert polls == []
        people.opened()
        await ear
        assert len(polls) == 1


def people_of(bot: Conversation, directory: Path, url: str) -> AbstractAsyncContextManager[Talk]:
    """The platform's chat stands in the configuration."""
    token, world = directory / "token", bot.world
    token.write_text(phones.TOKEN)
    chats = [{"chat": "-1009", "platform": True}]
    given = {"token_file": str(token), "api_base": url, "users": [OPERATOR], "chats": chats}
    config = configuration.read({"telegram": given})
    return talk(config, world.models, bot.orders, PartTally(), world.clock, world.token)
