"""What an address is shown as is worked out once for equal rows, and is the same for each."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from engine.api import present_ip, present_warmup, state_said
from engine.api.shown_ips import ShownIps
from engine.ids import IpAddr, TenantId, Zone
from engine.projections.ip_looks import Lists, Ptr
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.phase import Phase
from tests.golden.test_views import stored
from tests.support.spec import DAY_1

BARRACUDA = Zone("b.barracudacentral.org")
IP, ACME = IpAddr("192.0.2.7"), TenantId("acme")


def rows() -> list[IpRow]:
    """Each that a sample of an event makes, before an address was registered and after."""
    golden = stored(IPS)
    assert golden is not None
    made: list[Any] = [row["body"] for views in golden.alone.values() for row in views.values()]
    bare = [msgspec.convert(body, IpRow) for body in made]
    return [*bare, *(replace(row, ip=IP, tenant=ACME) for row in bare)]


def test_a_row_is_shown_as_it_is_without_remembering() -> None:
    shown, some = ShownIps(DEFAULT), 0
    for row in rows():
        for _ in range(2):  # worked out, and remembered
            found = shown.of(msgspec.json.encode(row), DAY_1)
            known = present_ip.known(row, DEFAULT, DAY_1)
            if known is None:
                assert found is None
            else:
                assert found is not None
                assert bytes(found) == msgspec.json.encode(known)
                some += 1
    assert some > 20


def test_equal_rows_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    known = present_ip.known

    def counted(row: IpRow, catalogue: Any, now: datetime) -> Any:
        asked.append(row)
        return known(row, catalogue, now)

    monkeypatch.setattr(present_ip, "known", counted)
    shown = ShownIps(DEFAULT)
    one, other = IpRow(ip=IP, tenant=ACME), IpRow(ip=IpAddr("192.0.2.8"), tenant=ACME)
    for row in (one, other, one, other):
        shown.of(msgspec.json.encode(row), DAY_1)
    assert asked == [one, other]


def test_another_catalogue_says_it_in_its_own_words() -> None:
    row = IpRow(ip=IP, tenant=ACME, lists=Lists(refusing=(BARRACUDA,)))
    without = {zone: one for zone, one in DEFAULT.items() if zone != BARRACUDA}
    body = msgspec.json.encode(row)
    said, unsaid = ShownIps(DEFAULT).of(body, DAY_1), ShownIps(without).of(body, DAY_1)
    assert said is not None
    assert unsaid is not None
    assert b"refuses to answer us" in bytes(said)
    assert b"refuses to answer us" not in bytes(unsaid)


def waits(shown: ShownIps, row: IpRow, now: datetime) -> list[str]:
    raw = shown.of(msgspec.json.encode(row), now)
    assert raw is not None
    said: list[str] = msgspec.json.decode(bytes(raw))["warmup"]["waits_for"]
    return said


@pytest.mark.parametrize(
    ("row", "late", "word"),
    [
        (IpRow(lists=Lists(looked_at=DAY_1)), timedelta(hours=24), "lists"),
        (IpRow(ptr=Ptr(looked_at=DAY_1)), timedelta(hours=72), "fcrdns"),
        (IpRow(ptr=Ptr(looked_at=DAY_1), lists=Lists(looked_at=DAY_1)), timedelta(days=1), "lists"),
    ],
)
def test_that_it_waits_for_fresh_looks_is_said_everywhere_alike_and_not_before(
    row: IpRow, late: timedelta, word: str
) -> None:
    """Whether it was shown before or not."""
    row, shown = replace(row, ip=IP, tenant=ACME), ShownIps(DEFAULT)
    at = DAY_1 + late
    for now, due in ((at, 0), (at + timedelta(seconds=1), 1), (at, 0)):
        said = waits(shown, row, now)
        old = [one for one in said if one.endswith("the next look is due")]
        assert [one.split(":")[0] for one in old] == [word] * due
        of_warmup = present_warmup.warmup(row, None, None, now, DEFAULT).waits_for
        assert list(of_warmup) == said
        assert set(said) <= set(state_said.coming(row, now, DEFAULT, ()))


def test_what_rests_waits_for_no_look() -> None:
    row = IpRow(ip=IP, tenant=ACME, phase=Phase.RESTING, lists=Lists(looked_at=DAY_1))
    assert waits(ShownIps(DEFAULT), row, DAY_1 + timedelta(days=20)) == []
