"""People who talk to the bot over a real API on a small log in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

from engine.app.orders import Orders
from engine.bot import talk
from engine.bot.access import Chat, Known, Role
from engine.bot.desk import Ask, Told
from engine.bot.pending import Pending
from engine.bot.question import Means
from engine.commands.alert import FireAlert
from engine.demo.telegram_html import visible
from engine.events import Event, Recorded
from engine.events.dns import FcrdnsLooked
from engine.ids import AlertId, IpAddr, TenantId
from engine.ports import Button, Reply
from engine.ports.people import DATA_MAX
from engine.rules.dnsbl_catalogue import PSBL
from engine.values.verdict import Answer
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, api_world

IP, OTHER, RIVALS = IpAddr("1.2.3.4"), IpAddr("1.2.3.5"), IpAddr("8.8.4.4")
NAMES = ("mail1.sos-mail.com",)
ALERT = AlertId(f"{SOS}/ip_listed/{OTHER}#1")
SOS_CHAT, ULIXAI_CHAT, ALL_CHAT, TENANTS_CHAT = -1001, -1002, -1003, -1004
READER, OPERATOR, DEPLOYER, STRANGER = 41, 42, 43, 7
CHATS = {
    SOS_CHAT: Chat((SOS,)),
    ULIXAI_CHAT: Chat((ULIXAI,)),
    ALL_CHAT: Chat(platform=True),
    TENANTS_CHAT: Chat(),
}
ASKS_FIRST = ("pause", "hold", "resume", "retire", "quarantine")
USERS: dict[int, Role] = {READER: "reader", OPERATOR: "operator", DEPLOYER: "deployer"}


class Conversation:
    """What was said last, as it reads on a phone, and the buttons beneath it."""

    def __init__(self, world: ApiWorld) -> None:
        self.world = world
        self.orders = Orders()
        self.orders.deps = world.deps()
        self.replies: Sequence[Reply] = ()
        self.asks: list[Ask] = []  # of the engine
        self._numbers = count(1)
        self.restarts()

    def restarts(self) -> None:
        """All that the bot had in memory is gone."""
        self.means = Means(
            known=Known(CHATS, USERS),
            readers=self.world.models,
            desk=self._asked,
            pending=Pending(),
            now=self.world.clock.now,
            token=self.world.token,
        )

    async def _asked(self, ask: Ask) -> Told:
        self.asks.append(ask)
        return await self.orders(ask)

    async def says(
        self, text: str, chat: int = SOS_CHAT, user: int = OPERATOR, once: str = ""
    ) -> str:
        """Every answer; "" is silence.  ``once``: Telegram delivers that message again."""
        once = once or f"telegram-{chat}-{next(self._numbers)}"
        return self._said(await talk.written(self.means, text, chat, user, once))

    async def presses(self, label: str, chat: int = SOS_CHAT, user: int = OPERATOR) -> str:
        return await self.sends(self.button(label).data, chat, user)

    async def sends(
        self, data: str, chat: int = SOS_CHAT, user: int = OPERATOR, message: int = 0
    ) -> str:
        """What a button beneath that message sends, whether it is still there or not."""
        once = f"telegram-press-{next(self._numbers)}"
        return self._said(await talk.pressed(self.means, data, chat, user, once, message))

    def button(self, label: str) -> Button:
        found = [one for one in self.buttons if one.text.startswith(label)]
        assert found, (label, self.buttons)
        return found[0]

    @property
    def buttons(self) -> list[Button]:
        return [one for reply in self.replies for row in reply.buttons for one in row]

    @property
    def flash(self) -> str | None:
        return next((reply.flash for reply in self.replies if reply.flash is not None), None)

    @property
    def pictures(self) -> list[bytes]:
        return [reply.picture for reply in self.replies if reply.picture]

    def _said(self, replies: Sequence[Reply]) -> str:
        self.replies = replies
        texts = [visible(reply.html) for reply in replies]  # what cannot be read is a bug
        assert all(len(text.encode("utf-16-le")) // 2 <= 4096 for text in texts)
        assert all(len(one.data.encode()) <= DATA_MAX for one in self.buttons)
        assert all(len(reply.flash or "") <= 200 for reply in replies)
        return "\n".join(text for text in texts if text)


async def register(bot: Conversation, tenant: TenantId, *addresses: IpAddr) -> None:
    client = await bot.world.key(tenant, "read", "operate")
    for address in addresses:
        asked = {"address": address, "purpose": "marketing", "warmup": "manual"}
        made = await client.post("/api/v2/ips", asked)
        assert made.status in (201, 202), made.body


async def furnish(bot: Conversation) -> None:
    """The first tenant warms one address up, and has lost another to a list; the second has one."""
    await register(bot, SOS, IP, OTHER)
    await register(bot, ULIXAI, RIVALS)
    for ip in (IP, OTHER):
        pointed = FcrdnsLooked(ip=ip, names=NAMES, confirmed=NAMES)
        await bot.world.happens(SOS, ip, pointed, samples.looked(ip=ip))
        await bot.world.happens(SOS, ip, samples.stage(1, ip=ip), samples.stage(2, ip=ip))
    hit = samples.answered({PSBL: Answer("listed", codes=("127.0.0.2",))}, ip=OTHER)
    await bot.world.happens(SOS, OTHER, hit, samples.stopped(PSBL, ip=OTHER))
    await bot.world.order(FireAlert(alert=ALERT, tenant=SOS, severity="critical"), SOS)


@asynccontextmanager
async def conversation() -> AsyncIterator[Conversation]:
    """Of two tenants, SOS and ULIXAI, on one node."""
    async with api_world() as world:
        await world.two_tenants()
        yield Conversation(world)


@asynccontextmanager
async def furnished() -> AsyncIterator[Conversation]:
    async with conversation() as bot:
        await furnish(bot)
        yield bot


async def happened(bot: Conversation, kind: type[object]) -> Recorded[Event]:
    """The only event of its kind."""
    (found,) = [one for one in await bot.world.events() if isinstance(one.event, kind)]
    return found
