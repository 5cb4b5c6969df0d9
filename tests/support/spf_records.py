"""Hypothesis' SPF records, and zones small enough that they meet."""

import ipaddress
from typing import Any

from hypothesis import strategies as st

from engine.rules.spf import record as spf
from engine.rules.spf.record import Qualifier, Record

DOMAINS = ("example.com", "a.example.com", "b.example.com", "c.example.com", "d.example.com")
HOSTS = ("mx1.example.com", "mx2.example.com", "host.example.net")  # of MX and PTR records
V4 = ("192.0.2.1", "192.0.2.66", "198.51.100.7")
V6 = ("2001:db8::1", "2001:db8:1::2")
IPS = (*V4, *V6, "::ffff:192.0.2.1")
LOCALS = ("a", "b-c", "x+d")

qualifiers: st.SearchStrategy[Qualifier] = st.sampled_from(tuple(spf.RESULT))
macro_names = st.sampled_from(
    (
        "%{d}",
        "%{o}",
        "%{h}",
        "%{p}",
        "%{l}.example.com",
        "%{L1r+}.example.com",
        "%{lr-}.example.com",
        "%{d2}",
        "%{D3r}.example.com",
        "%{ir}.%{v}.example.com",
        "%{s}.%_%%%-.example.com",
        "gone.%{o2}",
    )
)
names = st.one_of(
    st.sampled_from((*DOMAINS, *HOSTS, "gone.example.com", "A.Example.COM.")), macro_names
)
v4_lengths = st.none() | st.sampled_from((0, 8, 24, 31, 32))
v6_lengths = st.none() | st.sampled_from((0, 32, 64, 127, 128))
addresses = st.builds(spf.Ip4, st.sampled_from(V4), v4_lengths, qualifiers) | st.builds(
    spf.Ip6, st.sampled_from(V6), v6_lengths, qualifiers
)


def directives(names: st.SearchStrategy[str] = names) -> st.SearchStrategy[spf.Directive]:
    optional = st.none() | names
    return st.one_of(
        addresses,
        st.builds(spf.A, optional, v4_lengths, v6_lengths, qualifiers),
        st.builds(spf.Mx, optional, v4_lengths, v6_lengths, qualifiers),
        st.builds(spf.Include, names, qualifiers),
        st.builds(spf.Exists, names, qualifiers),
        st.builds(spf.Ptr, optional, qualifiers),
    )


def records(names: st.SearchStrategy[str] = names, most: int = 5) -> st.SearchStrategy[Record]:
    ends = st.lists(st.builds(spf.All, qualifiers), max_size=1)
    redirects = st.lists(st.builds(spf.Redirect, names), max_size=1)
    others = st.lists(st.just(spf.Unknown("moo", "%{h}:1/2")), max_size=1)
    return st.builds(
        lambda *parts: Record(tuple(term for part in parts for term in part)),
        st.lists(directives(names), max_size=most),
        ends,
        others,
        redirects,
    )


def _entries(kind: str, values: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(values.map(lambda value: {kind: value}), max_size=most)


def _joined(*lists: list[Any]) -> list[Any]:
    return [entry for one in lists for entry in one]


_hosts = st.sampled_from(HOSTS)
_a = _entries("A", st.sampled_from(V4), 2)
_aaaa = _entries("AAAA", st.sampled_from(V6), 1)
_mx = _entries("MX", st.tuples(st.just(10), _hosts).map(list), 2)
_texts = records().map(lambda record: record.text)
_txt = _entries("TXT", _texts | st.just("something else"), 2)
_silence = st.sampled_from(([], [], [], [], ["TIMEOUT"]))

zones: st.SearchStrategy[dict[str, list[Any]]] = st.builds(
    lambda domains, hosts, reverse: {**domains, **hosts, **reverse},
    st.fixed_dictionaries(
        {"example.com": st.builds(_joined, _texts.map(lambda text: [{"TXT": text}]), _a, _mx)},
        optional={name: st.builds(_joined, _txt, _a, _aaaa, _mx, _silence) for name in DOMAINS[1:]},
    ),
    st.fixed_dictionaries({}, optional={name: st.builds(_joined, _a, _aaaa) for name in HOSTS}),
    st.fixed_dictionaries(
        {},
        optional={
            ipaddress.ip_address(ip).reverse_pointer: _entries("PTR", _hosts, 2) for ip in V4 + V6
        },
    ),
)
