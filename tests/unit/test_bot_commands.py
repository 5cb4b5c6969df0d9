"""What people ask the bot, and what it answers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from engine.bot.commands import COMMANDS, Chat, Known, answer
from engine.demo.telegram_html import visible
from engine.errors import LogUnavailable
from engine.ids import IpAddr, Position, TenantId
from engine.ports import Row
from engine.projections.alerts import ALERTS, Alert
from engine.projections.ips import IPS, IpRow
from engine.projections.projection import Projection
from engine.store.memory import MemoryLog
from engine.store.memory_models import MemoryReadModels
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.phase import Phase

ACME, RIVAL = TenantId("acme"), TenantId("rival")
ACME_CHAT, ALL_CHAT, TENANTS_CHAT, OPERATOR = -1001, -1002, -1003, 42
KNOWN = Known(
    {
        ACME_CHAT: Chat((ACME,)),
        ALL_CHAT: Chat(platform=True),
        TENANTS_CHAT: Chat(),
        OPERATOR: Chat((ACME, RIVAL)),
    },
    frozenset({OPERATOR}),
)
AT_200 = Levers("open", PerDay(200))


class Still:
    def now(self) -> datetime:
        return datetime(2026, 1, 5, tzinfo=UTC)

    async def wait_until(self, instant: datetime) -> None:
        raise NotImplementedError


class Fleet:
    """Rows as the pump writes them, and people's questions about them."""

    def __init__(self) -> None:
        self.models = MemoryReadModels(MemoryLog(Still()))
        self._written = 0

    async def has(self, projection: Projection[Any], key: str, view: object) -> None:
        row = Row(
            projection=projection.name,
            key=key,
            tenant=projection.tenant(view),
            columns=projection.columns(view),
            body=msgspec.json.encode(view),
        )
        was, self._written = self._written, self._written + 1
        await self.models.write([row], was=Position(was), now=Position(self._written))

    async def has_ip(self, ip: str, tenant: TenantId, **row: object) -> None:
        view = IpRow(ip=IpAddr(ip), tenant=tenant, **row)  # type: ignore[arg-type]
        await self.has(IPS, f"{tenant}/{ip}", view)

    async def has_alert(self, key: str, tenant: TenantId | None, **alert: object) -> None:
        view = Alert(key=key, tenant=tenant, **alert)  # type: ignore[arg-type]
        await self.has(ALERTS, key, view)

    async def asked(self, text: str, chat: int = ACME_CHAT, user: int = OPERATOR) -> str:
        """The answer as it reads on a phone; "" = silence."""
        html = await answer(text, chat, user, self.models, KNOWN)
        return "" if html is None else visible(html)


@pytest.fixture
def fleet() -> Fleet:
    return Fleet()


@pytest.fixture
async def mixed(fleet: Fleet) -> Fleet:
    await fleet.has_ip("192.0.2.1", ACME, phase=Phase.WARMING, reason=None, stage=2, told=AT_200)
    await fleet.has_ip("192.0.2.2", ACME, reason="listed", told=STOPPED)
    await fleet.has_ip("198.51.100.1", RIVAL, phase=Phase.ACTIVE, reason=None)
    return fleet


@pytest.mark.parametrize("text", [f"/{name}" for name in (*COMMANDS, "start", "nonsense")])
@pytest.mark.parametrize(
    ("chat", "user"), [(-9, OPERATOR), (ACME_CHAT, 7), (7, 7), (-OPERATOR, OPERATOR), (0, 0)]
)
async def test_strangers_and_strange_chats_hear_nothing(
    mixed: Fleet, text: str, chat: int, user: int
) -> None:
    assert await mixed.asked(text, chat, user) == ""


@pytest.mark.parametrize("text", ["hello", "status", "", " /status", "what about /ips?"])
async def test_what_is_no_command_is_none_of_the_bots_business(mixed: Fleet, text: str) -> None:
    assert await mixed.asked(text) == ""


async def test_ips_shows_phase_stage_and_what_the_node_was_told(mixed: Fleet) -> None:
    assert (await mixed.asked("/ips")).splitlines() == [
        "192.0.2.1 acme · WARMING · stage 2 · 200/day",
        "192.0.2.2 acme · STANDBY (listed) · paused",
    ]


async def test_a_chat_sees_its_tenants_and_nobody_elses(mixed: Fleet) -> None:
    assert "198.51.100.1" not in await mixed.asked("/ips", ACME_CHAT)
    assert "1 ACTIVE" not in await mixed.asked("/status", ACME_CHAT)
    for chat in (ALL_CHAT, TENANTS_CHAT, OPERATOR):
        assert "198.51.100.1 rival · ACTIVE" in await mixed.asked("/ips", chat)


@pytest.mark.parametrize("phase", ["warming", "WARMING"])
async def test_ips_of_one_phase(mixed: Fleet, phase: str) -> None:
    assert (await mixed.asked(f"/ips {phase}")).splitlines() == [
        "192.0.2.1 acme · WARMING · stage 2 · 200/day"
    ]
    assert "no such address" in await mixed.asked("/ips RETIRING")


@pytest.mark.parametrize("words", ["HOT", "<b>", "WARMING ACTIVE"])
async def test_a_phase_that_is_none_is_answered_with_the_usage(mixed: Fleet, words: str) -> None:
    assert "one of STANDBY, WARMING" in await mixed.asked(f"/ips {words}")


async def test_status_counts_addresses_by_phase_and_reason(mixed: Fleet) -> None:
    assert (await mixed.asked("/status")).splitlines() == [
        "2 addresses",
        "1 STANDBY (listed)",
        "1 WARMING",
        "no alert is firing",
    ]


async def test_status_of_an_empty_fleet(fleet: Fleet) -> None:
    assert (await fleet.asked("/status")).splitlines()[0] == "0 addresses"
    assert await fleet.asked("/ips") == "There is no such address."


async def test_status_counts_the_alerts_that_fire_and_are_the_chats_to_know(
    mixed: Fleet,
) -> None:
    firing: Mapping[str, bool] = {"firing": True}
    await mixed.has_alert("acme/listed/192.0.2.2", ACME, severity="critical", **firing)
    await mixed.has_alert("rival/listed/198.51.100.1", RIVAL, severity="critical", **firing)
    await mixed.has_alert("-/node_silent/mta1", None, severity="warning", **firing)
    await mixed.has_alert("acme/listed/192.0.2.1", ACME, severity="critical", firing=False)
    assert "firing: 1 critical\n" in await mixed.asked("/status", ACME_CHAT) + "\n"
    assert "firing: 2 critical\n" in await mixed.asked("/status", OPERATOR) + "\n"
    assert "firing: 2 critical\n" in await mixed.asked("/status", TENANTS_CHAT) + "\n"
    assert "firing: 2 critical, 1 warning" in await mixed.asked("/status", ALL_CHAT)


async def test_only_a_chat_of_the_platform_hears_how_long_the_log_is(mixed: Fleet) -> None:
    assert "the log stands at 3" in await mixed.asked("/status", ALL_CHAT)
    for chat in (ACME_CHAT, TENANTS_CHAT):
        assert "log" not in await mixed.asked("/status", chat)


async def test_a_large_fleet_is_counted_whole_and_listed_in_part(fleet: Fleet) -> None:
    for n in range(2100):
        await fleet.has_ip(f"2001:db8:ffff:ffff:ffff:ffff:ffff:{n + 0x1000:x}", ACME, told=STOPPED)
    assert "2100 addresses" in await fleet.asked("/status")
    shown = await fleet.asked("/ips")
    assert len(shown) < 4096
    assert "and 2070 more" in shown


async def test_help_lists_every_command_and_whoami_both_numbers(fleet: Fleet) -> None:
    told = await fleet.asked("/help")
    assert all(f"/{name}: " in told for name in COMMANDS)
    assert await fleet.asked("/start") == told
    who = await fleet.asked("/whoami")
    assert f"You are {OPERATOR} in chat {ACME_CHAT}, which sees acme." in who
    assert "every tenant" in await fleet.asked("/whoami", ALL_CHAT)


@pytest.mark.parametrize("command", ["/nonsense", "/<b>", "/", "/status<x@y>"])
async def test_an_unknown_command_leads_to_help_and_its_text_stays_text(
    fleet: Fleet, command: str
) -> None:
    assert f"I do not know {command}." in await fleet.asked(command)


async def test_commands_are_known_in_any_case(fleet: Fleet) -> None:
    assert "0 addresses" in await fleet.asked("/Status")


async def test_a_row_of_another_age_is_read_as_far_as_it_goes(fleet: Fleet) -> None:
    body = b'{"ip":"192.0.2.9","tenant":"acme","phase":"WARMING","cap":50,"told":7,"new":[1]}'
    row = Row(projection="ips", key="acme/192.0.2.9", tenant=ACME, columns={}, body=body)
    await fleet.models.write([row], was=Position(0), now=Position(1))
    assert await fleet.asked("/ips") == "192.0.2.9 acme · WARMING · 50/day"


async def test_a_database_that_is_away_is_said(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*args: object, **more: object) -> None:
        raise LogUnavailable("postgres is away")

    monkeypatch.setattr(fleet.models, "some", away)
    assert "does not answer now" in await fleet.asked("/ips")
