"""dkimpy reads the same key out of a record, whatever else stands in it."""

import base64
import importlib
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.rules.dkim import der
from engine.rules.dkim.key_record import parse
from engine.rules.dkim.keys import RsaKey, published, spki

dkimpy: Any = importlib.import_module("dkim")  # it has no types

keys = st.builds(
    RsaKey,
    modulus=st.integers(1 << 511, 1 << 2100).map(lambda number: number | 1),
    exponent=st.sampled_from([3, 17, 65537, 65539, (1 << 33) + 1]),
)
extras = st.lists(
    st.sampled_from(["h=sha256", "n=a note", "t=y:s", "x=unknown", "k=rsa", "s=email"]),
    unique=True,
    max_size=3,
)
cuts = st.lists(st.integers(0, 200), max_size=3)


def spaced(text: str, at: list[int]) -> str:
    for place in at:
        text = f"{text[:place]} {text[place:]}"
    return text


def theirs(record: str) -> Any:
    return dkimpy.evaluate_pk("s1._domainkey.example.com", record.encode())


@given(keys, st.booleans(), extras, cuts)
def test_dkimpy_reads_the_same_rsa_key(
    key: RsaKey, pkcs1: bool, others: list[str], gaps: list[int]
) -> None:
    data = _bare(spki(key)) if pkcs1 else spki(key)
    public = spaced(base64.b64encode(data).decode(), gaps)
    text = "; ".join(["v=DKIM1", *others, f"p={public}"])
    record = parse(text)
    found = published(record.kind, record.public)
    assert found == key
    pk, bits, kind, _ = theirs(text)
    assert (pk["modulus"], pk["publicExponent"]) == (key.modulus, key.exponent)
    assert (bits, kind) == (key.bits, b"rsa")


@given(keys, st.integers(0, 2000), st.integers(0, 255))
def test_what_we_read_of_a_damaged_key_dkimpy_reads_too(key: RsaKey, at: int, octet: int) -> None:
    data = bytearray(spki(key))
    data[at % len(data)] = octet
    public = base64.b64encode(bytes(data)).decode()
    try:
        found = published("rsa", public)
    except ValueError:
        assume(False)
        return
    pk, *_ = theirs(f"p={public}")
    assert isinstance(found, RsaKey)
    assert (pk["modulus"], pk["publicExponent"]) == (found.modulus, found.exponent)


def _bare(data: bytes) -> bytes:
    """The RSAPublicKey within."""
    return der.values(der.only(data, der.SEQUENCE))[1].content[1:]
