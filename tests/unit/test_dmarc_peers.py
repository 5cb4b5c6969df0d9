"""checkdmarc finds the same record, and reads the same in it.

It is asked only for what it does as RFC 9989 says.  It differs, and is not asked: where a name has
several records or a broken one (it gives up), for a name that does not exist, and for the policy of
subdomains (it has none).  Of a record with one wrong value it refuses the whole.
"""

import importlib
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.dmarc.judge import judge
from engine.rules.dmarc.record import Record, effective, parse, text_of
from tests.support.zones import Zone
from tests.unit.test_dmarc_record import records as any_record

peer: Any = importlib.import_module("checkdmarc.dmarc")  # it has no types
resolver: Any = importlib.import_module("dns.resolver")

AUTHORS = [
    "example.com",
    "mail.example.com",
    "a.b.c.d.e.f.example.com",
    "x.a.b.c.d.e.f.example.com",
    "a.b.c.d.e.f.g.h.i.j.mail.example.com",
]
NAMES = sorted({".".join(one.split(".")[-n:]) for one in AUTHORS for n in range(1, 14)})
TEXTS = [
    "v=DMARC1; p=reject",
    "v=DMARC1; p=none; psd=n",
    "v=DMARC1; p=quarantine; psd=y",
    "v=DMARC1; p=none; psd=u",
]
trees = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TEXTS), max_size=5)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Whatever it looks up beside does not exist."""
    with patch.object(peer, "query_dns", side_effect=resolver.NXDOMAIN):
        yield


@given(st.sampled_from(AUTHORS), trees)
def test_checkdmarc_walks_to_the_same_record(author: str, tree: dict[str, str]) -> None:
    records = {f"_dmarc.{name} TXT": [text] for name, text in tree.items()}
    zone = Zone({f"{author} TXT": ["v=spf1 -all"], **records})
    report = zone.run(judge(author, None, []))

    def query(name: str, type: str, **_: object) -> list[str]:
        if type == "TXT" and f"{name} TXT" in (f"{author} TXT", *records):
            return records.get(f"{name} TXT", ["v=spf1 -all"])
        raise resolver.NoAnswer

    with patch.object(peer, "query_dns", side_effect=query):
        try:
            found = peer.query_dmarc_record(author)
        except peer.DMARCRecordNotFound:
            found = None
    assert report.found_at == (f"_dmarc.{found['location']}" if found else None)
    assert report.record == (found["record"] if found else None)


@given(any_record)
def test_checkdmarc_reads_the_same_values(record: Record) -> None:
    text = text_of(record)
    found = parse(text)
    published = effective(found)
    tags = peer.parse_dmarc_record(text, "example.com")["tags"]
    read = {name: tags[name]["value"] for name in ("p", "sp", "np", "adkim", "aspf", "psd", "t")}
    assert (read["adkim"], read["aspf"], read["psd"]) == (found.adkim, found.aspf, found.psd)
    assert read["t"] == ("y" if found.t else "n")
    if found.p is not None:
        assert published is not None
        assert (read["p"], read["sp"], read["np"]) == (published.p, published.sp, published.np)
