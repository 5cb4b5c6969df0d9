"""The demo's name server speaks DNS as RFC 1035 has it; the packets here are written by hand."""

import socket
import struct
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.dns import DemoDns
from engine.demo.dns_zones import DnsZones
from engine.ids import IpAddr, Zone

ZONE = Zone("bl.example.org")
IP, V6 = IpAddr("203.0.113.7"), IpAddr("2001:db8::7")
NAME = "7.113.0.203.bl.example.org"
A, PTR, TXT, AAAA, ANY, OPT = 1, 12, 16, 28, 255, 41
OPT_1232 = b"\0" + struct.pack("!HHIH", OPT, 1232, 0, 0)


def packet(name: str, kind: int, *, flags: int = 0x0100, opt: bytes = b"", count: int = 1) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    header = struct.pack("!6H", 0x2A2A, flags, count, 0, 0, 1 if opt else 0)
    return header + labels + b"\0" + struct.pack("!2H", kind, 1) + opt


class Answer(NamedTuple):
    flags: int
    rcode: int
    question: bytes
    counts: tuple[int, int, int]  # answer, authority, additional
    rest: bytes


def ask(zones: DnsZones, question: bytes) -> Answer:
    reply = zones.reply(question)
    assert reply is not None
    number, flags, asked, *counts = struct.unpack_from("!6H", reply.packet)
    end = len(question) - (len(OPT_1232) if question.endswith(OPT_1232) else 0)
    assert (number, asked) == (0x2A2A, 1)
    body = reply.packet[12:]
    one, two, three = counts
    return Answer(flags, flags & 15, body[: end - 12], (one, two, three), body[end - 12 :])


@pytest.fixture
def zones() -> DnsZones:
    return DnsZones([ZONE])


def test_a_listing_is_an_a_record_that_points_to_the_name_asked(zones: DnsZones) -> None:
    zones.list(IP, ZONE, "127.0.0.4")
    heard = ask(zones, packet(NAME, A))
    assert heard.flags == 0x8580, "an answer, authoritative, recursion desired and available"
    assert heard.question == packet(NAME, A)[12:]
    assert heard.counts == (1, 0, 0)
    assert heard.rest == b"\xc0\x0c" + struct.pack("!HHIH", A, 1, 300, 4) + bytes([127, 0, 0, 4])


def test_every_list_holds_the_test_entry_and_only_that(zones: DnsZones) -> None:
    assert ask(zones, packet("2.0.0.127.bl.example.org", A)).counts[0] == 1
    assert ask(zones, packet("1.0.0.127.bl.example.org", A)).rcode == 3


def test_a_name_that_does_not_exist_says_how_long_that_may_be_kept(zones: DnsZones) -> None:
    """RFC 2308 3: the zone's SOA, with its minimum, comes along."""
    heard = ask(zones, packet(NAME, A))
    assert (heard.rcode, heard.counts) == (3, (0, 1, 0))
    assert heard.rest.startswith(b"\x02bl\x07example\x03org\0" + struct.pack("!HHI", 6, 1, 60))
    assert heard.rest.endswith(struct.pack("!I", 60))


def test_a_name_with_other_records_has_no_data_of_this_kind(zones: DnsZones) -> None:
    zones.list(IP, ZONE)
    zones.txt("example.com", "v=spf1 -all")
    for name, kind in ((NAME, AAAA), ("example.com", A), ("bl.example.org", A)):
        heard = ask(zones, packet(name, kind))
        assert (heard.rcode, heard.counts) == (0, (0, 1, 0))


def test_what_was_cleared_or_removed_is_gone(zones: DnsZones) -> None:
    zones.list(IP, ZONE)
    zones.clear(IP, ZONE)
    zones.clear(IP, ZONE)
    zones.a("mail.example.com", IP)
    zones.a("mail.example.com")
    assert ask(zones, packet(NAME, A)).rcode == 3
    assert ask(zones, packet("mail.example.com", A)).rcode == 3


def test_names_know_no_case_and_the_question_comes_back_letter_by_letter(zones: DnsZones) -> None:
    zones.a("Mail.Example.com", IP)
    question = packet("mAIL.eXAMPLE.COM", A)
    heard = ask(zones, question)
    assert heard.counts[0] == 1
    assert heard.question == question[12:]


def test_an_ipv6_address_has_its_own_records_ptr_and_listing(zones: DnsZones) -> None:
    nibbles = ".".join("70000000000000000000000000000000"[:24] + "8bd01002")
    zones.a("mail.example.com", IP, V6)
    zones.ptr(V6, "mail.example.com")
    zones.list(V6, ZONE)
    heard = ask(zones, packet("mail.example.com", AAAA))
    assert heard.rest.endswith(socket.inet_pton(socket.AF_INET6, V6))
    assert ask(zones, packet(f"{nibbles}.ip6.arpa", PTR)).rest.endswith(b"\4mail\7example\3com\0")
    assert ask(zones, packet(f"{nibbles}.bl.example.org", A)).counts[0] == 1


def test_a_long_text_is_cut_into_strings_of_255(zones: DnsZones) -> None:
    zones.txt("example.com", "x" * 300)
    rest = ask(zones, packet("example.com", TXT)).rest
    assert rest[12:] == b"\xff" + b"x" * 255 + b"\x2d" + b"x" * 45


def test_an_alias_comes_with_what_it_leads_to(zones: DnsZones) -> None:
    zones.a("mail.example.com", IP)
    zones.cname("smtp.example.com", "mail.example.com")
    heard = ask(zones, packet("smtp.example.com", A))
    assert heard.counts == (2, 0, 0)
    assert heard.rest.endswith(bytes([203, 0, 113, 7]))


@pytest.mark.parametrize(
    ("mood", "rcode", "codes"),
    [
        ("dead", 3, b""),
        ("refused", 5, b""),
        ("servfail", 2, b""),
        ("everything", 0, bytes([127, 0, 0, 2])),
        ("error_code", 0, bytes([127, 255, 255, 254])),
        ("parked", 0, bytes([203, 0, 113, 80])),
        ("well", 3, b""),
    ],
)
def test_a_list_behaves_as_it_is_told(zones: DnsZones, mood: str, rcode: int, codes: bytes) -> None:
    zones.behave(ZONE, mood)  # type: ignore[arg-type]
    heard = ask(zones, packet("1.0.0.127.bl.example.org", A))
    assert heard.rcode == rcode
    assert heard.rest.endswith(codes)
    assert heard.counts[0] == bool(codes)


def test_a_dead_list_has_lost_its_test_entry_and_a_silent_one_says_nothing(zones: DnsZones) -> None:
    question = packet("2.0.0.127.bl.example.org", A)
    zones.behave(ZONE, "dead")
    assert ask(zones, question).rcode == 3
    zones.behave(ZONE, "silent")
    assert zones.reply(question) is None


def test_the_nearest_word_on_how_to_behave_holds(zones: DnsZones) -> None:
    zones.behave(ZONE, "refused")
    zones.behave(NAME, "servfail")
    assert ask(zones, packet(NAME, A)).rcode == 2
    assert ask(zones, packet("2.0.0.127.bl.example.org", A)).rcode == 5
    assert ask(zones, packet("notbl.example.org", A)).rcode == 3


def test_whoever_speaks_edns_is_answered_in_it(zones: DnsZones) -> None:
    """RFC 6891 6.1.1: an OPT record is answered with one."""
    heard = ask(zones, packet("2.0.0.127.bl.example.org", A, opt=OPT_1232))
    assert heard.counts == (1, 0, 1)
    assert heard.rest.endswith(OPT_1232)


def test_an_answer_too_long_for_its_reader_is_left_out_and_marked(zones: DnsZones) -> None:
    zones.txt("example.com", *(f"{n:0100}" for n in range(8)))
    plain = ask(zones, packet("example.com", TXT))
    assert plain.flags & 0x0200
    assert plain.counts == (0, 0, 0)
    assert ask(zones, packet("example.com", TXT, opt=OPT_1232)).counts == (8, 0, 1)


@pytest.mark.parametrize(
    ("question", "rcode"),
    [
        (packet(NAME, A, flags=0x2800), 4),  # an update
        (packet(NAME, A, count=2), 1),
        (packet(NAME, A)[:-1], 1),
        (packet(NAME, A)[:20], 1),
        (packet("", A)[:12] + b"\xc0\x0c\0\1\0\1", 1),
        (packet("", A)[:12] + b"\xc0" + bytes(250), 1),  # a pointer, not a label of 192
    ],
)
def test_what_is_no_question_is_refused(zones: DnsZones, question: bytes, rcode: int) -> None:
    reply = zones.reply(question)
    assert reply is not None
    assert struct.unpack_from("!6H", reply.packet)[1] & 15 == rcode


def test_an_answer_is_not_answered(zones: DnsZones) -> None:
    assert zones.reply(packet(NAME, A, flags=0x8180)) is None
    assert zones.reply(b"\0" * 11) is None


@given(st.binary(max_size=80))
def test_no_packet_breaks_it(noise: bytes) -> None:
    zones = DnsZones([ZONE])
    for asked in (noise, packet(NAME, A)[:12] + noise):
        reply = zones.reply(asked)
        assert reply is None or reply.packet[:2] == asked[:2]


def test_it_remembers_what_was_asked(zones: DnsZones) -> None:
    ask(zones, packet(NAME, A))
    ask(zones, packet("Example.com", ANY))
    assert list(zones.heard) == [("A", NAME), ("255", "example.com")]


async def test_it_listens_on_a_free_port_and_lets_go_of_it() -> None:
    dns = DemoDns([ZONE])
    with pytest.raises(RuntimeError, match="call start"):
        _ = dns.port
    await dns.start()
    port = dns.port
    await dns.stop()
    await dns.stop()
    again = DemoDns()
    await again.start(port)
    assert again.address == f"127.0.0.1:{port}"
    await again.stop()
