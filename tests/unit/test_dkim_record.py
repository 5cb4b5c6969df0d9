"""DKIM key records as they are written (RFC 6376 3.2, 3.6.1)."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.dkim import tags
from engine.rules.dkim.key_record import KeyRecord, parse, text_of

ED25519 = base64.b64encode(bytes(range(32))).decode()

words = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=8)
values = st.text(
    [chr(code) for code in range(0x21, 0x7F) if chr(code) != ";"], min_size=1, max_size=20
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{1,5}", fullmatch=True)
records = st.builds(
    KeyRecord,
    public=st.binary(max_size=64).map(lambda data: base64.b64encode(data).decode()),
    kind=words,
    hashes=st.lists(words, max_size=3).map(tuple),
    services=st.lists(words, min_size=1, max_size=3).map(tuple),
    flags=st.lists(words, max_size=3).map(tuple),
    notes=values | st.just(""),
    versioned=st.booleans(),
    others=st.lists(st.tuples(names, values), max_size=3, unique_by=lambda one: one[0]).map(tuple),
)


@given(records)
def test_what_is_written_is_read_again(record: KeyRecord) -> None:
    assert parse(text_of(record)) == record


@given(st.text() | st.text("vpkhst=;:DKIM1 \t\r\nrsaQ=", max_size=60))
def test_junk_is_a_record_or_refused_in_words(junk: str) -> None:
    try:
        parse(junk)
    except ValueError as error:
        assert str(error)


# The outcomes of mox's table (mjl-/mox, dkim/txt_test.go) for records that cannot be read.
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("v=DKIM1", "no p="),
        ("p=; v=DKIM1", "first tag"),
        ("v=dkim1; p=;", "in capitals"),
        ("v=DKIM1; p=; p=", "2 times"),
        ("v=DKIM1;; p=", "empty"),
        ("v=DKIM1; p", "no ="),
        ("v=DKIM1; 1p=x; p=", "no name"),
        ("v=DKIM1; =x; p=", "no name"),
        ("v=DKIM1; n=\u00e9; p=", "character"),
        ("v=DKIM1; h=sha256::sha1; p=", "empty word"),
        ("v=DKIM1; s=; p=", "empty word"),
        ("v=spf1 include:example.net -all", "v= must be DKIM1"),
        ("some text", "no ="),
    ],
)
def test_a_record_off_the_grammar_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_names_of_tags_have_a_case_and_unknown_tags_are_passed_over() -> None:
    found = parse("V=DKIM2; p=;")
    assert found == KeyRecord(public="", versioned=False, others=(("V", "DKIM2"),))


def test_white_space_may_stand_around_everything_and_within_the_key() -> None:
    spaced = f"{ED25519[:5]} {ED25519[5:9]}\t{ED25519[9:]}"
    found = parse(
        f"v =\tDKIM1;h= sha1\t:SHA256 : other ;\tk\t=Ed25519; n= a  note ; p={spaced} ;"
        "s =email:\ttlsrpt; t= y : t ;x =1 2;"
    )
    assert found == KeyRecord(
        public=ED25519,
        kind="ed25519",
        hashes=("sha1", "sha256", "other"),
        services=("email", "tlsrpt"),
        flags=("y", "t"),
        notes="a  note",
        others=(("x", "1 2"),),
    )


@pytest.mark.parametrize("text", ["v=DKIM1; p=; ", "v=DKIM1; t=; p="])
def test_what_is_off_the_grammar_and_everywhere_is_read_and_said(text: str) -> None:
    assert parse(text) == KeyRecord(public="", loose=True)
    assert not parse("v=DKIM1; p=;").loose


def test_a_tag_list_keeps_the_order_of_its_tags() -> None:
    assert tags.parse("b=2; a=1").pairs == (("b", "2"), ("a", "1"))
