"""Who hears in which chat: decided, folded, listened to, and told of alerts."""

from collections.abc import Sequence
from datetime import time
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app.chats import Chats
from engine.bot.access import Chat
from engine.commands.chat import ChatCommand, RemoveChat, RouteChat
from engine.deciders.chat import DECIDER
from engine.errors import Rejected
from engine.events.chat import ChatEvent, ChatFound, ChatLost, ChatRemoved, ChatRouted
from engine.ids import TenantId
from engine.projections import PROJECTIONS
from engine.projections.alerts import ALERTS
from engine.projections.chat_routes import CHAT_ROUTES, key_of
from engine.projections.chats import CHATS
from engine.rules import quiet_hours
from engine.rules.chat_number import parse_chat
from engine.runtime.command_handler import keep_apart
from engine.runtime.perform.alert import nowhere
from engine.runtime.views import Views
from engine.values.alert import Quiet, Route, Severity
from tests.support.spec import ACME, DAY_1, record
from tests.support.telling import Telling, listed, telling

RIVAL = TenantId("rival")
ROUTED = ChatRouted(chat="-1", severity="warning", quiet=Quiet(time(22), time(7)))
ROUTE = RouteChat(chat="-1", tenant=ACME, severity="warning", quiet=Quiet(time(22), time(7)))
GONE = ChatRemoved(chat="-1")
_numbers = count(1)


def routed(chat: str, severity: Severity = "info") -> ChatRouted:
    return ChatRouted(chat=chat, severity=severity)


def views(*happened: tuple[TenantId | None, ChatEvent]) -> Views:
    found = Views(PROJECTIONS)
    for tenant, event in happened:
        list(found.fold(record(next(_numbers), event, tenant=tenant)))
    return found


def chats(
    *happened: tuple[TenantId | None, ChatEvent], configured: dict[int, Chat] | None = None
) -> Chats:
    found = Chats(configured or {}, nowhere)
    found.views = views(*happened)
    return found


# --- decided --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "command", "after"),
    [
        ([], ROUTE, [ROUTED]),
        ([ROUTED], ROUTE, []),
        ([ROUTED, GONE], ROUTE, [ROUTED]),
        ([routed("-1")], ROUTE, [ROUTED]),
        ([ROUTED], RemoveChat(chat="-1", tenant=ACME), [GONE]),
    ],
)
def test_a_chat_is_routed_changed_and_removed_once(
    before: Sequence[ChatEvent], command: ChatCommand, after: Sequence[ChatEvent]
) -> None:
    state = DECIDER.initial
    for event in before:
        state = DECIDER.evolve(state, event)
    assert DECIDER.decide(state, command, DAY_1) == after


@pytest.mark.parametrize("before", [[], [ROUTED, GONE]])
def test_a_chat_that_does_not_hear_is_not_removed(before: list[ChatEvent]) -> None:
    state = DECIDER.initial
    for event in before:
        state = DECIDER.evolve(state, event)
    with pytest.raises(Rejected, match="not found"):
        DECIDER.decide(state, RemoveChat(chat="-1", tenant=ACME), DAY_1)


def test_what_a_chat_hears_of_one_tenant_is_that_tenants_alone_to_decide() -> None:
    assert DECIDER.key(ROUTE) == "-1/acme"
    assert DECIDER.key(RemoveChat(chat="-1", tenant=None)) == "-1/"
    keep_apart(DECIDER.owner(ROUTE, [], ACME), ROUTE, ACME)
    for stranger in (RIVAL, None):
        with pytest.raises(Rejected, match="not found"):
            keep_apart(DECIDER.owner(ROUTE, [], stranger), ROUTE, stranger)


# --- folded ---------------------------------------------------------------------------------------


def test_each_tenants_row_of_a_chat_is_its_own_and_the_platforms_nobodys() -> None:
    found = views((ACME, ROUTED), (RIVAL, routed("-1")), (None, routed("-9")), (RIVAL, GONE))
    assert {key: found.row("chat_routes", key).tenant for key in found.of(CHAT_ROUTES)} == {
        "acme/-1": ACME,
        "rival/-1": RIVAL,
        "/-9": None,
    }
    mine = found.get(CHAT_ROUTES, key_of("-1", ACME))
    assert (mine.severity, mine.quiet, mine.routed_at) == ("warning", ROUTED.quiet, DAY_1)
    assert found.get(CHAT_ROUTES, key_of("-1", RIVAL)).routed_at is None


def test_a_chat_that_was_lost_is_tried_again_once_a_person_names_it_anew() -> None:
    lost = (None, ChatLost(chat="-1", why="blocked"))
    assert views((ACME, ROUTED), lost).get(CHATS, "-1").lost(DAY_1)
    for event in (ROUTED, GONE):
        assert not views(lost, (ACME, event)).get(CHATS, "-1").lost(DAY_1)


def test_the_alert_of_a_lost_chat_is_over_when_it_is_to_hear_no_more() -> None:
    lost = (None, ChatLost(chat="-1", why="blocked"))
    found = views(lost, (ACME, GONE))
    assert views(lost).get(ALERTS, "-/chat_lost/-1").over_at is None
    assert found.get(ALERTS, "-/chat_lost/-1").over_at == DAY_1
    assert [*found.of(ALERTS)] == ["-/chat_lost/-1"], "it is the platform's to hear of"


# --- listened to ----------------------------------------------------------------------------------


def test_a_chat_sees_the_tenants_it_hears_of_and_the_platforms_sees_all() -> None:
    known = chats((ACME, routed("-1")), (RIVAL, routed("-2")), (None, routed("-9")))
    assert dict(known) == {
        -1: Chat(tenants=(ACME,)),
        -2: Chat(tenants=(RIVAL,)),
        -9: Chat(platform=True),
    }
    assert [known[number].eyes for number in (-1, -2, -9)] == [(ACME,), (RIVAL,), (None,)]
    both = chats((RIVAL, routed("-1")), (ACME, routed("-1")))
    assert both[-1].eyes == (ACME, RIVAL)


def test_who_hears_of_its_last_tenant_no_more_is_a_stranger_and_never_sees_all() -> None:
    known = chats((ACME, routed("-1")), (RIVAL, routed("-1")), (ACME, GONE))
    assert known[-1].eyes == (RIVAL,)
    assert known.routes(ACME) == []
    known = chats((ACME, routed("-1")), (ACME, GONE))
    assert known.get(-1) is None
    assert (len(known), list(known)) == (0, [])


def test_before_there_are_views_only_the_configurations_chats_are_known() -> None:
    known = Chats({-5: Chat((ACME,))}, nowhere)
    assert dict(known) == {-5: Chat((ACME,))}
    assert known.routes(ACME) == []


def test_a_number_of_the_configuration_is_its_alone() -> None:
    known = chats((None, routed("-5")), (RIVAL, routed("-6")), configured={-5: Chat((ACME,))})
    assert known[-5].eyes == (ACME,)
    assert list(known) == [-5, -6]
    assert known.routes(None) == []
    assert known.twice == [-5]


def test_routes_are_of_the_tenant_or_the_platforms_and_each_chat_is_told_once() -> None:
    ours = (None, routed("-9", "critical"))
    known = chats((ACME, ROUTED), (RIVAL, routed("-2")), ours, (ACME, routed("-9")))
    acme, platform = Route("-1", "warning", ROUTED.quiet), Route("-9", "critical")
    assert known.routes(ACME) == [acme, platform]
    assert known.routes(RIVAL) == [Route("-2"), platform]
    assert known.routes(None) == [platform]


# --- told of alerts -------------------------------------------------------------------------------


@telling
async def test_a_chat_is_told_once_it_was_added_and_no_more_once_it_was_removed() -> None:
    known = Chats({}, nowhere)
    people = Telling(known.routes)
    known.views = people.views
    await people.happens(listed(1))
    assert people.messenger.messages == {}
    await people.happens(routed("-1"))
    await people.happens(listed(2))
    assert "203.0.113.2" in people.texts("-1")[-1]
    await people.happens(listed(3), tenant=RIVAL)
    assert not any("203.0.113.3" in text for text in people.texts("-1"))
    before = people.texts("-1")
    await people.happens(GONE)
    await people.happens(listed(4))
    assert people.texts("-1") == before


@telling
async def test_a_chat_that_was_lost_and_is_named_anew_hears_at_once() -> None:
    known = Chats({}, nowhere)
    people = Telling(known.routes)
    known.views = people.views
    await people.happens(routed("-1"))
    people.messenger.gone.add("-1")
    await people.happens(listed(1))
    assert await people.happened(ChatLost) == 1
    people.messenger.gone.clear()
    await people.happens(GONE, routed("-1"))
    await people.happens(listed(2))
    assert "203.0.113.2" in people.texts("-1")[-1]
    assert await people.happened(ChatFound) == 0


# --- numbers and hours ----------------------------------------------------------------------------


@given(st.integers(1 - 2**52, 2**52 - 1).filter(bool))
def test_a_number_of_telegrams_is_taken_as_it_is_written(number: int) -> None:
    assert parse_chat(str(number)) == str(number)


NO_NUMBERS = ("", "0", "-0", "+1", "01", " 1", "1\n", "1_0", "@acme", "1.0", "٣", "9" * 17)


@pytest.mark.parametrize("text", [*NO_NUMBERS, str(2**52)])
def test_what_is_no_number_of_a_chat_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not the number of a chat"):
        parse_chat(text)


@given(st.times(), st.times(), st.sampled_from(["UTC", "Europe/Paris"]))
def test_hours_are_read_as_they_are_written(begins: time, ends: time, tz: str) -> None:
    begins, ends = (one.replace(second=0, microsecond=0) for one in (begins, ends))
    quiet = Quiet(begins, ends, tz)
    assert quiet_hours.parse_quiet(quiet_hours.written(quiet), tz) == quiet


@pytest.mark.parametrize("text", ["22:00", "24:00-07:00", "22:60-07:00", "22:00-07:00\n", "night"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="are no hours"):
        quiet_hours.parse_quiet(text, "UTC")


@pytest.mark.parametrize("tz", ["", "Mars/Olympus", "../etc/passwd", "UTC\0"])
def test_a_time_zone_that_is_none_is_refused(tz: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        quiet_hours.parse_quiet("", tz)
