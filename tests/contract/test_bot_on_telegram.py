"""The whole way of a conversation: Bot API, aiogram, the bot, the API's handlers, the log."""

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec

from engine.adapters import telegram_poll
from engine.app.people import hear
from engine.bot import commands
from engine.events.dns import FcrdnsLooked
from engine.events.ip import IpQuarantined
from engine.ids import IpAddr
from tests.support import phones, samples
from tests.support.api_world import SOS
from tests.support.conversation import OPERATOR, SOS_CHAT, STRANGER, conversation

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
        hears, chats = partial(hear, bot.means), (SOS_CHAT,)
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
        assert "too old" in phone.chats.flashes[1]
        assert "STANDBY (quarantined)" in said[4].text
        happened = await bot.world.events()
        (stop,) = [one.event for one in happened if isinstance(one.event, IpQuarantined)]
        assert "example.com" not in stop.reason
        assert [one.actor for one in happened if one.event is stop] == [f"telegram:{OPERATOR}"]
