"""What cannot be decoded goes into the log by its size and kind alone."""

import logging

import pytest

from engine.api import decode
from engine.api.alerts import Silence
from engine.api.problems import Problem

CANARY = "canary-xyzzy"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f'{{"alert": "a", "minutes": "{CANARY}"}}', "invalid"),
        (f'{{"alert": "a", "minutes": 1, "{CANARY}": 2}}', "unknown-field"),
        (f'{{"alert": "{CANARY}", "alert": "b", "minutes": 1}}', "invalid"),
        (f"{{{CANARY}", "bad-json"),
    ],
)
def test_a_body_that_is_not_understood_is_told_by_size_and_kind(
    body: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Problem):
        decode.body(body.encode(), Silence)
    assert caplog.messages == [f"a body of {len(body)} bytes cannot be decoded: {kind}"]
    assert CANARY not in caplog.text


def test_a_body_that_is_understood_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        decode.body(f'{{"alert": "{CANARY}", "minutes": 1}}'.encode(), Silence)
    assert caplog.messages == []
