"""Public keys in the forms that they are published and kept in."""

import base64
from contextlib import suppress
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.dkim import der
from engine.rules.dkim.key_record import parse
from engine.rules.dkim.keys import Ed25519Key, RsaKey, deployed, published, spki
from engine.rules.dkim.publish import key_record, zone_line
from engine.rules.zone_text import strings_of

DER, SPKI, PKCS1 = Encoding.DER, PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1

rsa_keys = st.builds(
    RsaKey,
    modulus=st.integers(min_value=1 << 500, max_value=1 << 2100),
    exponent=st.integers(min_value=1, max_value=1 << 40),
)
ed25519_keys = st.builds(Ed25519Key, st.binary(min_size=32, max_size=32))


@cache
def rsa_key(bits: int) -> rsa.RSAPublicKey:
    return rsa.generate_private_key(65537, bits).public_key()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("form", [SPKI, PKCS1])
@pytest.mark.parametrize("bits", [1024, 2048])
def test_an_rsa_key_is_read_in_both_forms_as_openssl_wrote_it(
    bits: int, form: PublicFormat
) -> None:
    key = rsa_key(bits)
    data = key.public_bytes(DER, form)
    expected = RsaKey(key.public_numbers().n, key.public_numbers().e)
    assert published("rsa", b64(data)) == deployed(data) == expected
    assert expected.bits == bits
    assert spki(expected) == key.public_bytes(DER, SPKI)


def test_an_ed25519_key_is_its_32_octets_and_is_kept_in_der_too() -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    raw, data = key.public_bytes_raw(), key.public_bytes(DER, SPKI)
    assert published("ed25519", b64(raw)) == deployed(raw) == deployed(data) == Ed25519Key(raw)
    assert spki(Ed25519Key(raw)) == data


@given(rsa_keys | ed25519_keys)
def test_a_key_is_the_same_after_it_was_published(key: RsaKey | Ed25519Key) -> None:
    kind = "rsa" if isinstance(key, RsaKey) else "ed25519"
    record = parse(key_record(kind, spki(key)))
    assert published(record.kind, record.public) == deployed(spki(key)) == key


@given(st.binary(max_size=100), st.sampled_from(["rsa", "ed25519"]))
def test_junk_is_no_key_and_harms_nobody(junk: bytes, kind: str) -> None:
    for text in (b64(junk), junk.decode("latin-1")):
        with suppress(ValueError):
            assert isinstance(published(kind, text), RsaKey | Ed25519Key)
    with suppress(ValueError):
        assert isinstance(deployed(junk), RsaKey | Ed25519Key)


@given(st.data())
def test_a_key_with_a_piece_missing_is_none(data: st.DataObject) -> None:
    whole = rsa_key(1024).public_bytes(DER, SPKI)
    cut = data.draw(st.integers(0, len(whole) - 1).filter(lambda size: size != 32))
    with pytest.raises(ValueError, match="it "):
        deployed(whole[:cut])
    for more in (whole[:1], der.encoded(der.NULL, b"")):
        with pytest.raises(ValueError, match="it "):
            deployed(whole + more)


@pytest.mark.parametrize(
    "data",
    [
        der.encoded(der.SEQUENCE, der.integer(7)),  # no exponent
        der.encoded(der.SEQUENCE, b"\x02\x01\xff\x02\x01\x03"),  # a negative modulus
        der.encoded(der.SEQUENCE, b"\x02\x02\x00\x01\x02\x01\x03"),  # a number with a zero before
        b"\x30\x81\x06\x02\x01\x07\x02\x01\x03",  # a length in too many octets
        b"\x30\x80\x02\x01\x07\x02\x01\x03\x00\x00",  # an open end, which BER has and DER has not
        x25519.X25519PrivateKey.generate().public_key().public_bytes(DER, SPKI),
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(DER, SPKI),
    ],
    ids=["no exponent", "negative", "zero before", "long length", "open end", "X25519", "P-256"],
)
def test_what_is_not_der_or_not_rsa_is_no_rsa_key(data: bytes) -> None:
    with pytest.raises(ValueError, match="it "):
        published("rsa", b64(data))
    with pytest.raises(ValueError, match="it "):
        deployed(data)


@pytest.mark.parametrize(
    ("kind", "public", "why"),
    [
        ("rsa", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "it "),  # an ed25519 key
        ("ed25519", "AAECAwQFBgcICQoLDA0ODw==", "p= holds 16"),
        ("ed25519", b64(spki(Ed25519Key(bytes(32)))), "wrapped in DER"),
        ("rsa", b64(spki(Ed25519Key(bytes(32)))), "another kind"),
        ("rsa", "MIIB!", "base64"),
        ("rsa", "MIIBI", "base64"),
    ],
)
def test_a_key_of_another_kind_or_broken_is_refused(kind: str, public: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        published(kind, public)


def test_a_record_is_made_only_for_a_key_of_its_kind() -> None:
    with pytest.raises(ValueError, match="of the kind ed25519, not rsa"):
        key_record("rsa", bytes(32))


def test_a_long_record_stands_in_the_zone_file_in_strings_of_255_octets() -> None:
    key = rsa_key(4096)
    line = zone_line("s1", "example.com", deployed(key.public_bytes(DER, SPKI)))
    head, *strings, tail = line.replace("( ", "").replace(" )", "").split('"')
    assert head == "s1._domainkey.example.com. IN TXT "
    assert tail == ""
    texts = [one for one in strings if one.strip()]
    assert len(texts) == 3
    assert max(map(len, texts)) == 255
    assert "".join(texts) == key_record("rsa", key.public_bytes(DER, SPKI))


@given(st.text())
def test_the_strings_of_a_text_are_the_text(text: str) -> None:
    parts = strings_of(text)
    assert parts
    assert b"".join(parts) == text.encode()
    assert all(len(part) <= 255 for part in parts)
