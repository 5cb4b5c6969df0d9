"""Forward-confirmed reverse DNS: names that point back, names that do not, names not answered."""

import pytest

from engine.effects.dns import LookAtPtr
from engine.events.dns import DNS, FcrdnsLooked
from engine.ids import EventId, IpAddr, Position, TenantId
from engine.runtime.notes import Notes
from engine.runtime.perform.dns import look_at_ptr
from engine.store.memory import MemoryLog
from tests.support.entries import CountingClock
from tests.support.fake_resolver import SILENCE, FakeResolver

IP, V6, OTHER = IpAddr("203.0.113.7"), IpAddr("2001:db8::7"), "198.51.100.9"


async def look(resolver: FakeResolver, ip: IpAddr = IP) -> FcrdnsLooked:
    log = MemoryLog(CountingClock())
    effect = LookAtPtr(tenant=TenantId("acme"), ip=ip, cycle=Position(1))
    notes = Notes(log, lambda: EventId("00000000-0000-7000-8000-000000000001"))
    await look_at_ptr(effect, resolver=resolver, notes=notes)
    (noted,) = await log.read(DNS, ip)
    assert (noted.tenant, noted.cause) == (effect.tenant, effect.key)
    assert isinstance(noted.event, FcrdnsLooked)
    assert noted.event.ip == ip
    return noted.event


@pytest.fixture
def dns() -> FakeResolver:
    return FakeResolver(takes_s=0)


async def test_a_name_that_points_back_is_confirmed(dns: FakeResolver) -> None:
    dns.names[IP] = ("mail.example.com",)
    dns.v4["mail.example.com"] = (OTHER, IP)
    assert await look(dns) == FcrdnsLooked(
        ip=IP, names=("mail.example.com",), confirmed=("mail.example.com",)
    )


async def test_an_ipv6_address_is_confirmed_by_aaaa_alone(dns: FakeResolver) -> None:
    dns.names[V6] = ("a.example.com", "b.example.com")
    dns.v4["a.example.com"] = (IP,)
    dns.v6["b.example.com"] = (V6,)
    assert (await look(dns, V6)).confirmed == ("b.example.com",)


async def test_no_ptr_is_a_definite_no(dns: FakeResolver) -> None:
    found = await look(dns)
    assert (found.names, found.confirmed) == ((), ())
    assert found.why == "203.0.113.7 has no PTR record"


async def test_a_name_that_points_elsewhere_or_nowhere_is_said(dns: FakeResolver) -> None:
    dns.names[IP] = ("a.example.com", "b.example.com")
    dns.v4["a.example.com"] = (OTHER,)
    found = await look(dns)
    assert found.names == ("a.example.com", "b.example.com")
    assert found.confirmed == ()
    assert found.why == "a.example.com leads to 198.51.100.9; b.example.com leads to nowhere"


async def test_a_ptr_question_not_answered_leaves_everything_open(dns: FakeResolver) -> None:
    dns.fails[IP] = SILENCE
    found = await look(dns)
    assert (found.names, found.confirmed) == (None, None)
    assert "no answer" in found.why


async def test_a_name_not_answered_leaves_it_open_whether_one_points_back(
    dns: FakeResolver,
) -> None:
    dns.names[IP] = ("a.example.com", "b.example.com")
    dns.v4["a.example.com"] = (OTHER,)
    dns.fails["b.example.com"] = SILENCE
    found = await look(dns)
    assert found.names == ("a.example.com", "b.example.com")
    assert found.confirmed is None
    assert "b.example.com" in found.why


async def test_one_name_that_points_back_is_enough(dns: FakeResolver) -> None:
    dns.names[IP] = ("a.example.com", "b.example.com")
    dns.v4["a.example.com"] = (IP,)
    dns.fails["b.example.com"] = SILENCE
    assert (await look(dns)).confirmed == ("a.example.com",)


async def test_a_name_that_no_host_can_have_is_not_asked_about(dns: FakeResolver) -> None:
    dns.names[IP] = ("not_a_host.example.com",)
    found = await look(dns)
    assert found.confirmed == ()
    assert "'not_a_host.example.com' is not a fully qualified host name" in found.why
    assert dns.heard == [IP]


async def test_ten_names_are_asked_about_and_the_rest_is_counted(dns: FakeResolver) -> None:
    names = tuple(f"{n}.example.com" for n in range(10, 22))
    dns.names[IP] = names
    for name in names:
        dns.v4[name] = (IP,)
    found = await look(dns)
    assert found.names == found.confirmed == names[:10]
    assert found.why == "2 more names were not asked about"
    assert dns.heard == [IP, *names[:10]]


async def test_names_that_are_silent_are_waited_for_together(dns: FakeResolver) -> None:
    dns.names[IP] = tuple(f"n{number}.example.com" for number in range(10))
    dns.fails["example.com"] = SILENCE
    await look(dns)
    assert dns.most_in_flight == 10
