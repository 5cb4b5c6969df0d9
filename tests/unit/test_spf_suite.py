"""The public suite for RFC 7208, whole (tests/data/README.md): result and explanation of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.rules.asking import answered
from engine.rules.spf.check import check_host, envelope_of
from tests.support.spf_zones import SpfZones

SUITE = Path(__file__).parent.parent / "data" / "rfc7208-tests.yml"
NO_EXPLANATION = "DEFAULT"  # the suite's word for it


def cases() -> Iterator[Any]:
    for scenario in yaml.safe_load_all(SUITE.read_bytes()):
        for name, case in scenario["tests"].items():
            yield pytest.param(scenario["zonedata"], case, id=name)


CASES = list(cases())


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 203


@pytest.mark.parametrize(("zonedata", "case"), CASES)
def test_a_receiver_comes_to_this_result(zonedata: Any, case: Any) -> None:
    zones = SpfZones(zonedata)
    envelope = envelope_of(case["host"], case["mailfrom"], case["helo"])
    verdict = answered(check_host(envelope, envelope.sender_domain), zones.answer)
    allowed = case["result"] if isinstance(case["result"], list) else [case["result"]]
    assert verdict.result in allowed, verdict
    if "explanation" in case:
        assert (verdict.explanation or NO_EXPLANATION) == case["explanation"]
