"""Where a node is said to be, in the one spelling that people, resolver and socket read alike."""

import ipaddress
import socket

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.rules import egress
from engine.rules.host_place import parse_host

NUMBERS = ["0", "1", "127", "0x7f", "0X7F", "0177", "254", "65535", "0xfea9fe", "2130706433", "0x"]
SEEN_AS = [
    ("mail1.acme.example", "mail1.acme.example"),
    ("mail1.acme.example.", "mail1.acme.example"),
    ("mta-1", "mta-1"),
    ("1and1.example", "1and1.example"),
    ("192.0.2.1", "192.0.2.1"),
    ("2001:db8::1", "2001:db8::1"),
    ("2001:DB8:0:0::1", "2001:db8::1"),
    ("::ffff:192.0.2.1", "192.0.2.1"),
    ("::1", "::1"),
]
REFUSED = {
    "ends in a number": [
        *("0", "127.1", "0x7f.1", "0x7f.0x1", "2130706433", "0177.0.0.1", "017700000001", "010.1"),
        *("127.0.0.1.", "1.2.3.4.5", "256.256.256.256", "mail.0x", "mail.acme.1", "0XA9FEA9FE"),
    ],
    "is not an address": [
        *("[::1]", "::1%lo", "fe80::1%eth0", "[2001:db8::1]:22", "mail1.acme.example:22"),
        *("ssh://mail1.acme.example", "127.0.0.1:22", "root:x@127.0.0.1", "1::2::3", ":"),
    ],
    "is not ASCII": [
        *(
            "mäil.example",
            "\uff11\uff12\uff17.0.0.1",
            "127\u30020\u30020\u30021",
            "127.0.0.1\u200b",
        ),
    ],
    "is not a host name": [
        *("", ".", "..", "a..b", "-a", "a-", "root@127.0.0.1", "a b", "a\n", "127.0.0.1 x", "a/b"),
        *("mail1.acme.example..", "%6c", "a_b", "a" * 64, ".".join(["a" * 63] * 4)),
    ],
    "no PowerMTA host is reached": ["::ffff:169.254.169.254", "0.0.0.0", "::", "FE80::1"],
}


@pytest.mark.parametrize(("text", "host"), SEEN_AS)
def test_a_host_has_one_spelling(text: str, host: str) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize(("why", "text"), [(why, one) for why in REFUSED for one in REFUSED[why]])
def test_an_odd_spelling_is_refused_with_what_is_odd(why: str, text: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_host(text)


def read_by_sockets(text: str) -> set[str]:
    """What is connected to without asking DNS."""
    try:
        found = socket.getaddrinfo(text, 25, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError, ValueError):
        return set()
    return {str(place[0]) for *_, place in found}


spelt = st.one_of(
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4).map(".".join),
    st.ip_addresses().map(str),
    st.from_regex(r"[0-9a-fxX:.%\[\]]{1,20}", fullmatch=True),
)


@settings(max_examples=400)
@given(spelt, st.sampled_from(["", ".", " ", "%1", "\n"]))
@example("127.1", "")
@example("::ffff:127.0.0.1", "")
def test_what_a_socket_makes_of_a_host_was_judged(text: str, end: str) -> None:
    try:
        host = parse_host(text + end)
    except ValueError:
        return
    assert read_by_sockets(text + end) <= {host, f"::ffff:{host}"}
    for one in read_by_sockets(host):
        assert one == host
        assert egress.astray(ipaddress.ip_address(one)) is None
