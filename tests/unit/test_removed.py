"""What is left of an address that was removed: no row that counts, alerts or is listed."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest

from engine.events import Event
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import QueuesSeen
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerReleased
from engine.events.traffic import TrafficCounted
from engine.ids import TenantId
from engine.projections import PROJECTIONS
from engine.projections.alert_removal import STANDING
from engine.projections.alerts import ALERTS
from engine.projections.projection import Projection
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.runtime.views import Views
from engine.values.levers import STOPPED
from tests.support.event_samples import SAMPLES
from tests.support.spec import ACME, IP, NODE, RIVAL, record, vmta

KEEPS = {
    "alerts": "what people were told can still be read; none of it fires",
    "rollouts": "its tenant's choices, which are the tenant's own words",
    "tenants": "likewise",
    "zones": "whom a list stopped in the last 4 hours, for the platform alone",
}
ENDS = (RemovalAsked, IpWithdrawn, IpRemoved, ServerReleased)
LATE = (TrafficCounted, DnsblLooked, FcrdnsLooked, MailwizzLooked, QueuesSeen)
REGISTERED = next(one for one in SAMPLES if isinstance(one, IpRegistered))
OUT = (
    RemovalAsked(ip=IP, reason="given back"),
    IpWithdrawn(ip=IP, node=NODE, vmta=vmta(STOPPED)),
    RolloutPlanned(node=NODE, vmtas={}, digest="", before="d"),
    RolloutEnded(node=NODE, ending="done"),
    ServerReleased(ip=IP),
    IpRemoved(ip=IP, node=NODE),
)
LIVED = (REGISTERED, *(one for one in SAMPLES if not isinstance(one, ENDS)))
LATELY = tuple(one for one in SAMPLES if isinstance(one, LATE))  # looks that were under way


def fold(events: Iterable[tuple[int, TenantId, Event]]) -> Views:
    views = Views(PROJECTIONS)
    for at, tenant, event in events:
        list(views.fold(record(at, event, tenant=tenant)))
    return views


def life(*more: Event) -> Iterator[tuple[int, TenantId, Event]]:
    """Everything that can happen to it, and its end."""
    for n, event in enumerate((*LIVED, *OUT, *more), start=1):
        yield n, ACME, event


def naming(views: Views) -> set[str]:
    """The projections that have a view with the address in it."""
    return {
        one.name
        for one in PROJECTIONS
        for view in views.of(one).values()
        if f'"{IP}"'.encode() in msgspec.json.encode(view)
    }


def test_no_view_holds_an_address_that_is_gone() -> None:
    assert naming(fold(life())) == set(KEEPS)


@pytest.mark.parametrize("one", PROJECTIONS, ids=lambda one: str(one.name))
def test_what_is_heard_of_it_late_changes_nothing_of_its_own(one: Projection[Any]) -> None:
    late, gone = fold(life(*LATELY)), fold(life())
    key = f"{ACME}/{IP}"
    assert late.of(one).get(key) == gone.of(one).get(key)
    assert naming(late) == set(KEEPS)


def test_its_tenants_file_keeps_no_password_for_it() -> None:
    view = fold(life()).get(ROLLOUTS, f"{NODE}/{ACME}")
    assert all(IP not in one for one in (view.lives, view.wanted, view.told, view.logins))
    assert (
        IP in fold(n for n in life() if n[0] <= len(LIVED)).get(ROLLOUTS, f"{NODE}/{ACME}").logins
    )


def test_no_alert_about_it_goes_on() -> None:
    views = fold(life())
    about = [one for one in views.of(ALERTS).values() if one.subject == IP and one.episode]
    assert len(about) > 5, "the life told of many"
    assert [one.id for one in about if one.firing] == []


def test_every_alert_of_an_address_that_may_last_is_ended() -> None:
    views, lasting = Views(PROJECTIONS), set()
    for n, event in enumerate((*LIVED, *LATELY), start=1):
        list(views.fold(record(n, event)))
        about = [one for one in views.of(ALERTS).values() if one.subject == IP]
        lasting |= {one.name for one in about if one.firing}
    assert lasting <= set(STANDING)


@pytest.mark.parametrize("one", PROJECTIONS, ids=lambda one: str(one.name))
def test_whoever_registers_it_next_sees_nothing_of_the_former_owner(
    one: Projection[Any],
) -> None:
    end = len(LIVED) + len(OUT) + 1
    again = [(end, RIVAL, REGISTERED)]
    former, nobody = fold([*life(), *again]), fold(again)
    theirs = {key for key, view in nobody.of(one).items() if one.tenant(view) == RIVAL}
    seen = {key for key, view in former.of(one).items() if one.tenant(view) == RIVAL}
    assert seen == theirs
    assert [former.get(one, key) for key in theirs] == [nobody.get(one, key) for key in theirs]


def test_a_server_that_a_forced_removal_left_on_is_kept_until_it_was_told() -> None:
    forced = [one for one in OUT if not isinstance(one, ServerReleased)]
    story = [(n, ACME, one) for n, one in enumerate((*LIVED, *forced), start=1)]
    view = fold(story).get(SERVERS, f"{ACME}/{IP}")
    assert (view.ip, view.claimed is not None, view.withdrawn) == (IP, True, True)
    released = (len(story) + 1, ACME, ServerReleased(ip=IP))
    assert fold([*story, released]).get(SERVERS, f"{ACME}/{IP}").ip == ""
