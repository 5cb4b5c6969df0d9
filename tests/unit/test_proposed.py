"""What the DNS would say if records were published that are not."""

import pytest

from engine.rules.proposed import Proposed
from engine.values.dns import DnsAnswer, Outcome, Question, RecordType
from engine.values.zone_record import ZoneRecord
from tests.support.zones import Zone

DNS = {
    "example.com TXT": ["v=spf1 -all", "other"],
    "example.com A": ["192.0.2.1"],
    "www.example.com CNAME": ["host.example.net"],
    "host.example.net A": ["192.0.2.7"],
    "there.example.com A": ["192.0.2.8"],
}


def answer(
    name: str, type: RecordType, *records: ZoneRecord, failing: dict[str, Outcome] | None = None
) -> DnsAnswer:
    return Zone(DNS, failing).run(Proposed(records).look_up(Question(name, type)))


def test_a_record_replaces_all_of_its_type_at_its_name_and_nothing_else() -> None:
    new = ZoneRecord("example.com", "TXT", "v=spf1 ~all")
    assert answer("example.com", "TXT", new).records == ("v=spf1 ~all",)
    assert answer("example.com", "A", new).records == ("192.0.2.1",)


def test_several_records_of_one_name_stand_together_in_their_order() -> None:
    mx = [ZoneRecord("example.com", "MX", text) for text in ("20 b.test", "10 a.test")]
    assert answer("example.com", "MX", *mx).records == ("10 a.test", "20 b.test")


def test_a_record_can_be_taken_away() -> None:
    assert answer("example.com", "TXT", ZoneRecord("example.com", "TXT", None)) == DnsAnswer(
        "nodata"
    )


def test_the_resolver_is_not_asked_for_what_is_proposed() -> None:
    """It may be down, and the record is judged all the same."""
    new = ZoneRecord("example.com", "TXT", "v=spf1 ~all")
    down: dict[str, Outcome] = {"example.com TXT": "timeout", "example.com A": "timeout"}
    assert answer("example.com", "TXT", new, failing=down).outcome == "ok"
    assert answer("example.com", "A", new, failing=down).outcome == "timeout"


def test_a_name_that_is_proposed_exists_and_so_does_what_is_above_it() -> None:
    new = ZoneRecord("s1._domainkey.example.com", "TXT", "v=DKIM1; p=")
    assert answer("s1._domainkey.example.com", "A", new).outcome == "nodata"
    assert answer("_domainkey.example.com", "TXT", new).outcome == "nodata"
    assert answer("s2._domainkey.example.com", "TXT", new).outcome == "nxdomain"


def test_an_alias_leads_to_proposed_records_and_to_those_that_are_there() -> None:
    alias = ZoneRecord("new.example.com", "CNAME", "www.example.com")
    found = answer("new.example.com", "A", alias)
    assert found.records == ("192.0.2.7",)
    assert found.aliases == ("www.example.com", "host.example.net")
    assert answer("new.example.com", "CNAME", alias).records == ("www.example.com",)


def test_an_alias_in_the_place_of_records_hides_them() -> None:
    alias = ZoneRecord("example.com", "CNAME", "there.example.com")
    assert answer("example.com", "A", alias).records == ("192.0.2.8",)


@pytest.mark.parametrize("target", ["a.example.com", "b.example.com"])
def test_aliases_that_come_back_to_themselves_are_no_answer(target: str) -> None:
    records = [
        ZoneRecord("a.example.com", "CNAME", target),
        ZoneRecord("b.example.com", "CNAME", "a.example.com"),
    ]
    assert answer("a.example.com", "A", *records).outcome == "servfail"


def test_a_wildcard_stands_for_names_that_do_not_exist() -> None:
    wild = ZoneRecord("*.example.com", "TXT", "all")
    near = ZoneRecord("near.example.com", "A", "192.0.2.9")
    assert answer("any.example.com", "TXT", wild).records == ("all",)
    assert answer("far.any.example.com", "TXT", wild).records == ("all",)
    assert answer("any.example.com", "A", wild).outcome == "nodata"
    assert answer("there.example.com", "TXT", wild).outcome == "nodata"
    assert answer("below.near.example.com", "TXT", wild, near).outcome == "nxdomain"
