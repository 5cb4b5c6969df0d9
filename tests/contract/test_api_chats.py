"""Chats over HTTP: who hears in them is decided by the platform, seen by whom it concerns."""

from collections.abc import AsyncIterator

import pytest

from engine.app.chats import Chats
from engine.bot.access import Known
from engine.events.chat import ChatRouted
from engine.ids import TenantId
from engine.runtime.perform.alert import nowhere
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.conversation import OPERATOR, USERS, Conversation, furnished

CHATS = "/api/v2/chats"
GROUP = f"{CHATS}/-1001"


@pytest.fixture
async def bot() -> AsyncIterator[Conversation]:
    """No chat stands in the configuration; what is decided over the API is all there is."""
    async with furnished() as found:
        known = Chats({}, nowhere)
        known.views = found.world.pump.views
        found.means = type(found.means)(
            known=Known(known, USERS),
            readers=found.means.readers,
            desk=found.means.desk,
            pending=found.means.pending,
            now=found.means.now,
            token=found.means.token,
        )
        yield found


async def put(admin: Client, path: str = GROUP, **body: object) -> None:
    said = await admin.ask("PUT", path, body)
    assert said.status == 200, said.body


async def test_a_chat_is_routed_shown_changed_and_removed(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    said = await admin.ask("PUT", GROUP, {"tenant": SOS, "quiet": "22:00-07:00"})
    shown = {
        "chat": "-1001",
        "tenant": SOS,
        "platform": False,
        "severity": "info",
        "quiet": "22:00-07:00",
        "quiet_tz": "UTC",
        "routed_at": said.body["routed_at"],
    }
    assert (said.status, said.body) == (200, shown)
    assert shown["routed_at"].startswith("2026-01-05T09:00:00")
    assert (await sos.get(CHATS)).body == {"items": [shown], "next": None}
    before = world.length
    await put(admin, tenant=SOS, quiet="22:00-07:00")
    assert world.tags()[before:] == ["command.completed"], "it was so already"
    said = await admin.ask("PUT", GROUP, {"tenant": SOS, "severity": "critical"})
    assert (said.body["severity"], said.body["quiet"]) == ("critical", ""), "it is set as a whole"
    said = await admin.ask("DELETE", f"{GROUP}?tenant={SOS}")
    assert said.body == {"chat": "-1001", "tenant": SOS, "routed": False}
    assert (await sos.get(CHATS)).body["items"] == []
    again = await admin.ask("DELETE", f"{GROUP}?tenant={SOS}")
    assert again.problem[:2] == (404, "not-found")
    assert "does not hear of sos-expat" in again.body["detail"]


async def test_a_tenant_sees_its_own_chats_and_decides_of_none(world: ApiWorld) -> None:
    admin, sos, ulixai = await world.two_tenants()
    await put(admin, tenant=SOS)
    await put(admin, tenant=ULIXAI)
    await put(admin, f"{CHATS}/-1009", platform=True)
    own = [(one["chat"], one["tenant"]) for one in (await ulixai.get(CHATS)).body["items"]]
    assert own == [("-1001", ULIXAI)]
    every = (await admin.get(CHATS)).body["items"]
    assert [(one["chat"], one["tenant"]) for one in every] == [
        ("-1009", None),
        ("-1001", SOS),
        ("-1001", ULIXAI),
    ]
    before = world.length
    for client in (sos, await world.key(SOS, "read", "operate", "deploy")):
        assert (await client.ask("PUT", GROUP, {"tenant": SOS})).problem[:2] == (403, "forbidden")
        gone = await client.ask("DELETE", f"{GROUP}?tenant={SOS}")
        assert gone.problem[:2] == (403, "forbidden")
    assert (await sos.get(f"{CHATS}?tenant={ULIXAI}")).problem[:2] == (403, "forbidden")
    routed = [one for one in await world.events() if isinstance(one.event, ChatRouted)]
    assert [one.tenant for one in routed] == [SOS, ULIXAI, None]
    assert "chat.removed" not in world.tags()[before:]


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        (GROUP, {}, (422, "invalid", "$.tenant")),
        (GROUP, {"tenant": "nobody"}, (422, "invalid", "$.tenant")),
        (GROUP, {"tenant": SOS, "platform": True}, (422, "invalid", "$.platform")),
        (GROUP, {"tenant": SOS, "quiet": "night"}, (422, "invalid", "$.quiet")),
        (GROUP, {"tenant": SOS, "quiet_tz": "Mars/Olympus"}, (422, "invalid", "$.quiet_tz")),
        (GROUP, {"tenant": SOS, "severity": "loud"}, (422, "invalid", "$.severity")),
        (f"{CHATS}/@acme", {"tenant": SOS}, (404, "not-found", None)),
        (f"{CHATS}/0", {"tenant": SOS}, (404, "not-found", None)),
    ],
)
async def test_what_is_wrong_is_said_and_changes_nothing(
    path: str, body: dict[str, object], problem: tuple[object, ...], world: ApiWorld
) -> None:
    admin, _, _ = await world.two_tenants()
    assert (await admin.ask("PUT", path, body)).problem == problem
    assert "chat.routed" not in world.tags()
    unsaid = await admin.ask("PUT", GROUP, {"severity": "info"})
    assert "or `platform` = true for everything" in unsaid.body["detail"]
    assert (await admin.ask("DELETE", GROUP)).problem == (422, "invalid", "$.tenant")


async def test_a_chat_is_either_of_tenants_or_the_platforms(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await put(admin, tenant=SOS)
    said = await admin.ask("PUT", GROUP, {"platform": True})
    assert said.problem[:2] == (409, "refused")
    assert f"hears of sos-expat; DELETE {GROUP}" in said.body["detail"]
    await admin.ask("DELETE", f"{GROUP}?tenant={SOS}")
    await put(admin, platform=True)
    said = await admin.ask("PUT", GROUP, {"tenant": ULIXAI})
    assert "hears of the platform;" in said.body["detail"]
    assert (await admin.ask("DELETE", f"{GROUP}?platform=true")).status == 200
    await put(admin, tenant=ULIXAI)


async def test_the_configuration_holds_and_without_a_bot_nobody_would_hear(
    world: ApiWorld,
) -> None:
    admin, _, _ = await world.two_tenants()
    await put(admin, tenant=SOS)
    world.configured_chats = frozenset({"-1001"})
    said = await admin.ask("PUT", GROUP, {"tenant": SOS, "severity": "warning"})
    assert said.problem[:2] == (409, "refused")
    assert "stands in the engine's configuration, under [telegram] chats" in said.body["detail"]
    assert (await admin.get(f"{CHATS}/configured")).body == {"bot": True, "chats": ["-1001"]}
    gone = await admin.ask("DELETE", f"{GROUP}?tenant={SOS}")
    assert gone.status == 200, "what does not count can be cleared away"
    world.configured_chats = None
    assert (await admin.get(f"{CHATS}/configured")).body == {"bot": False, "chats": []}
    said = await admin.ask("PUT", GROUP, {"tenant": SOS})
    assert said.problem[:2] == (409, "refused")
    assert "there is no bot" in said.body["detail"]


async def test_what_was_changed_since_it_was_read_is_not_changed_again(world: ApiWorld) -> None:
    admin, _, _ = await world.two_tenants()
    await put(admin, tenant=SOS)
    tag = (await admin.get(CHATS)).headers["ETag"]
    await put(admin, tenant=SOS, severity="warning")
    said = await admin.ask("PUT", GROUP, {"tenant": SOS}, headers={"If-Match": tag})
    assert said.problem[:2] == (412, "changed")


# --- and in the chats themselves ------------------------------------------------------------------


async def test_a_chat_is_heard_from_the_moment_it_is_added_until_it_is_removed(
    bot: Conversation,
) -> None:
    admin = await bot.world.admin()
    assert await bot.says("/status", chat=-1001) == ""
    await put(admin, tenant=SOS)
    assert "2 addresses" in await bot.says("/status", chat=-1001)
    assert await bot.says("/status", chat=-1001, user=7) == "", "who asks must be known too"
    await admin.ask("DELETE", f"{GROUP}?tenant={SOS}")
    assert await bot.says("/status", chat=-1001) == ""


@pytest.mark.parametrize(("tenant", "other"), [(SOS, "8.8.4.4"), (ULIXAI, "1.2.3.4")])
async def test_a_tenants_chat_sees_nothing_of_anothers(
    tenant: TenantId, other: str, bot: Conversation
) -> None:
    admin = await bot.world.admin()
    await put(admin, tenant=tenant)
    await put(admin, f"{CHATS}/-1002", tenant=SOS if tenant == ULIXAI else ULIXAI)
    said = [await bot.says(text, -1001, OPERATOR) for text in ("/ips", "/alerts", "/events")]
    assert all(said)
    assert not any(other in text for text in said)
    unknown = await bot.says("/ip 9.9.9.9", -1001)
    assert await bot.says(f"/ip {other}", -1001) == unknown.replace("9.9.9.9", other)
    assert "which sees " + tenant in await bot.says("/whoami", -1001)
