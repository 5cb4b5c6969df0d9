"""Questions for addresses and their answers, byte for byte; dnspython is the oracle."""

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters import dns_packet

NAME = "7.113.0.203.zen.example.org"
ASKED = dns_packet.question(NAME) or b""

labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)
names = st.lists(labels, min_size=1, max_size=6).map(".".join)
addresses = st.ip_addresses(v=4).map(str)


def answer(
    name: str = NAME, *found: str, rcode: int = 0, alias: str = "", flags: int = 0
) -> dns.message.Message:
    query = dns.message.make_query(f"{name}.", "A", id=0, use_edns=False)
    made = dns.message.make_response(query)
    made.set_rcode(dns.rcode.Rcode(rcode))
    made.flags |= flags
    owner = f"{name}."
    if alias:
        made.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", f"{alias}."))
        owner = f"{alias}."
    if found:
        made.answer.append(dns.rrset.from_text(owner, 60, "IN", "A", *found))
    return made


@given(names, st.integers(0, 65_535))
def test_a_question_is_the_one_that_dnspython_writes(name: str, number: int) -> None:
    ours = dns_packet.question(name)
    assert ours is not None
    theirs = dns.message.make_query(f"{name}.", "A", id=number, use_edns=False)
    assert dns_packet.with_id(ours, number) == theirs.to_wire()


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64, "é.test", ".".join(["x" * 60] * 5)])
def test_what_is_no_name_is_not_asked(name: str) -> None:
    assert dns_packet.question(name) is None


@given(names, st.lists(addresses, max_size=12, unique=True), st.booleans())
def test_the_addresses_of_an_answer_are_those_that_dnspython_put_in(
    name: str, found: list[str], alias: bool
) -> None:
    asked = dns_packet.question(name) or b""
    packet = answer(name, *found, alias="other.example.net" if alias and found else "").to_wire()
    assert dns_packet.read(packet, asked) == tuple(sorted(found))


def test_no_such_name_and_no_addresses_are_none() -> None:
    assert dns_packet.read(answer(rcode=3).to_wire(), ASKED) == ()
    assert dns_packet.read(answer().to_wire(), ASKED) == ()


@pytest.mark.parametrize("rcode", [1, 2, 4, 5, 9])
def test_a_refusal_or_failure_takes_more_than_this(rcode: int) -> None:
    assert dns_packet.read(answer(rcode=rcode).to_wire(), ASKED) == "odd"


def test_a_truncated_answer_an_alias_to_nowhere_and_a_name_that_is_none_with_records_are_odd() -> (
    None
):
    cut = answer(NAME, "127.0.0.2", flags=dns.flags.TC)
    assert dns_packet.read(cut.to_wire(), ASKED) == "odd"
    assert dns_packet.read(answer(alias="other.example.net").to_wire(), ASKED) == "odd"
    assert dns_packet.read(answer(NAME, "127.0.0.2", rcode=3).to_wire(), ASKED) == "odd"


def test_an_answer_to_something_else_is_foreign() -> None:
    assert dns_packet.read(answer("8.113.0.203.zen.example.org").to_wire(), ASKED) == "foreign"
    assert dns_packet.read(ASKED, ASKED) == "foreign", "it is the question itself"
    assert dns_packet.read(b"", ASKED) == "foreign"


def test_the_letters_of_a_name_have_no_case() -> None:
    assert dns_packet.read(answer(NAME.upper(), "127.0.0.2").to_wire(), ASKED) == ("127.0.0.2",)


@given(st.binary(max_size=80))
def test_no_bytes_whatsoever_make_it_fail(noise: bytes) -> None:
    head = answer(NAME, "127.0.0.2", "127.0.0.4").to_wire()
    assert dns_packet.read(noise, ASKED) in ("foreign", "odd", ())
    for cut in range(len(ASKED), len(head)):
        read = dns_packet.read(head[:cut] + noise, ASKED)
        assert isinstance(read, (str, tuple))


def test_an_answer_that_is_cut_short_is_never_half_believed() -> None:
    whole = answer(NAME, "127.0.0.2", "127.0.0.4").to_wire()
    for cut in range(len(ASKED), len(whole)):
        assert dns_packet.read(whole[:cut], ASKED) == "odd"
