"""Addresses that nothing is to be connected to, in every form that leads there."""

import ipaddress

import pytest

from engine.rules import egress
from engine.rules.host_place import parse_host

ASTRAY = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",  # NAT64
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",  # 6to4
    "::169.254.169.254",
    "2001:0:c000:201::5601:5601",  # Teredo: its client's address, each bit the other way
    "fe80::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "::ffff:0.0.0.0",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
]
MEANT = ["10.0.0.5", "192.168.1.1", "172.16.0.1", "fd12:3456::1", "192.0.2.1", "2001:db8::1"]
OWN = ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]


@pytest.mark.parametrize("text", ASTRAY)
def test_nothing_is_connected_to_there(text: str) -> None:
    assert egress.astray(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", [*MEANT, *OWN])
def test_an_operators_own_network_is_no_such_place(text: str) -> None:
    where = ipaddress.ip_address(text)
    assert egress.astray(where) is None
    assert egress.is_own(where) == (text in OWN)


def test_an_interface_at_the_end_changes_nothing() -> None:
    assert egress.address("fe80::1%eth0") == ipaddress.ip_address("fe80::1")
    assert egress.address("mail1.acme.example") is None


@pytest.mark.parametrize("text", ["169.254.169.254", "0.0.0.0", "fe80::1"])
def test_no_node_is_registered_there(text: str) -> None:
    with pytest.raises(ValueError, match=f"no PowerMTA host is reached at {text}: it is"):
        parse_host(text)


@pytest.mark.parametrize("text", [*MEANT, "127.0.0.1", "mail1.acme.example"])
def test_a_node_may_be_anywhere_else(text: str) -> None:
    assert parse_host(text) == text
