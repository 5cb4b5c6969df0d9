"""Names that look as if a provider had made them up."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import IpAddr
from engine.rules.ptr.generic import generic

IP = IpAddr("203.0.113.7")


@pytest.mark.parametrize(
    "name",
    [
        "203-0-113-7.isp.example",
        "7-113-0-203.isp.example",
        "203.0.113.7.isp.example",
        "7.113.0.203.rev.isp.example",
        "203_0_113_7.isp.example",
        "host203x0x113x7.isp.example",
        "203-000-113-007.isp.example",
        "203000113007.isp.example",
        "007113000203.isp.example",
        "cb007107.isp.example",
        "cb-00-71-07.isp.example",
        "mail-0-113-7.isp.example",
        "203-0-113.isp.example",
        "dynamic.isp.example",
        "dyn42.isp.example",
        "pool-3.isp.example",
        "a-dsl-b.isp.example",
        "dhcp1.lab.isp.example",
        "x.compute.amazonaws.com",
        "ec2-x.eu.example.org",
        "static.7.clients.your-server.de",
        "x.ip.linodeusercontent.com",
        "x.vultrusercontent.com",
        "vps7.example.org",
        "vps-1a2b.vps.ovh.net",
        "vmi1.contaboserver.net",
    ],
)
def test_a_provider_s_name_is_seen(name: str) -> None:
    assert generic(name, IP)


@pytest.mark.parametrize(
    "name",
    [
        "mx1.example.com",
        "mail.example.com",
        "out-7.example.com",
        "mx113.example.com",
        "203.example.com",
        "liverpool.mail.example.com",
        "clientele.mail.example.com",
        "mail.cable.example",  # the domain is whose it is
        "1203-0-113-71.mail.example.com",  # another number
        "abcb007107.mail.example.com",
        "static.example.com",
        "mta-203-0.example.com",
    ],
)
def test_a_name_of_one_s_own_is_not(name: str) -> None:
    assert generic(name, IP) is None


@given(st.ip_addresses(v=6), st.sampled_from(["", "-", "."]), st.booleans())
def test_an_ipv6_address_is_seen_in_its_nibbles_and_in_its_groups(
    ip: ipaddress.IPv6Address, gap: str, turned: bool
) -> None:
    nibbles = list(ip.packed.hex())
    spelled = gap.join(nibbles[::-1] if turned else nibbles)
    assert generic(f"{spelled}.isp.example", IpAddr(str(ip)))
    assert generic(f"{ip.compressed.replace(':', '-')}.isp.example", IpAddr(str(ip)))
    assert generic("mx.isp.example", IpAddr(str(ip))) is None


@given(st.ip_addresses(v=4), st.sampled_from("-._"), st.booleans())
def test_an_ipv4_address_is_seen_in_its_octets(
    ip: ipaddress.IPv4Address, gap: str, turned: bool
) -> None:
    octets = str(ip).split(".")
    spelled = gap.join(octets[::-1] if turned else octets)
    assert generic(f"x{gap}{spelled}.isp.example", IpAddr(str(ip)))
