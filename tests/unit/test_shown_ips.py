"""What an address is shown as is worked out once for equal rows, and is the same for each."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from engine.api import present_ip
from engine.api.shown_ips import ShownIps
from engine.ids import IpAddr, TenantId, Zone
from engine.projections.ip_looks import Lists
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.rules.dnsbl_catalogue import DEFAULT
from tests.golden.test_views import stored

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
            found = shown.of(msgspec.json.encode(row))
            known = present_ip.known(row, DEFAULT)
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

    def counted(row: IpRow, catalogue: Any) -> Any:
        asked.append(row)
        return known(row, catalogue)

    monkeypatch.setattr(present_ip, "known", counted)
    shown = ShownIps(DEFAULT)
    one, other = IpRow(ip=IP, tenant=ACME), IpRow(ip=IpAddr("192.0.2.8"), tenant=ACME)
    for row in (one, other, one, other):
        shown.of(msgspec.json.encode(row))
    assert asked == [one, other]


def test_another_catalogue_says_it_in_its_own_words() -> None:
    row = IpRow(ip=IP, tenant=ACME, lists=Lists(refusing=(BARRACUDA,)))
    without = {zone: one for zone, one in DEFAULT.items() if zone != BARRACUDA}
    body = msgspec.json.encode(row)
    said, unsaid = ShownIps(DEFAULT).of(body), ShownIps(without).of(body)
    assert said is not None
    assert unsaid is not None
    assert b"refuses to answer us" in bytes(said)
    assert b"refuses to answer us" not in bytes(unsaid)
