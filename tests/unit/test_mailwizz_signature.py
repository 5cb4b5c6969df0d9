"""Requests to MailWizz 1.x are signed as the vendor's PHP client signs them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.rules import mailwizz_signature as signature

# [method, address, query, body, seconds since 1970, digest], made with the vendor's PHP client
VECTORS = Path(__file__).parent.parent / "data" / "mailwizz_signatures.jsonl"
CASES = [msgspec.json.decode(line) for line in VECTORS.read_bytes().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one[0]} {one[1].rpartition('/api/')[2]}")
def test_a_signature_is_that_of_the_vendors_client(case: list[Any]) -> None:
    method, url, query, body, now, digest = case
    made = signature.headers(
        method, url, query or {}, body or {}, public="pubkey", private="privkey", now=now
    )
    assert made[signature.SIGNATURE] == digest
    assert made[signature.STAMP] == str(now)


def test_there_are_vectors_of_every_verb() -> None:
    assert {case[0] for case in CASES} == {"GET", "POST", "PUT", "DELETE"}


@pytest.mark.parametrize(
    ("params", "written"),
    [
        ({"a": "x y"}, "a=x+y"),
        ({"a": "~'*"}, "a=%7E%27%2A"),
        ({"a": {"b": [True, None, 0]}}, "a%5Bb%5D%5B0%5D=1&a%5Bb%5D%5B2%5D=0"),
        ({"a": None}, ""),
    ],
)
def test_parameters_are_written_as_php_writes_them(params: dict[str, Any], written: str) -> None:
    assert signature.encoded(params) == written


def test_the_secret_half_is_in_no_header() -> None:
    made = signature.headers("GET", "https://a.test/api", {}, {}, public="p", private="s3", now=1)
    assert "s3" not in str(made)
