"""Events to stored bytes and back, over the years."""

import json
from typing import Any, get_args

import msgspec
import pytest

from engine.errors import UnknownEvent
from engine.events import Event
from engine.events.effect import EFFECT, EffectStuck
from engine.events.engine import ENGINE, EngineLed
from engine.ids import EffectKey, EngineId
from engine.store import codec

LED = EngineLed(engine=EngineId("main"), epoch=3, version="0.1")


def test_an_event_survives_the_way_to_bytes_and_back() -> None:
    assert codec.decode(codec.encode(LED)) == LED


def test_the_stored_bytes_are_json_that_names_its_tag() -> None:
    body = codec.encode(LED)
    assert json.loads(body) == {
        "type": "engine.led",
        "engine": "main",
        "epoch": 3,
        "version": "0.1",
    }
    assert codec.tag_of(body) == "engine.led"


def test_every_event_of_the_union_is_known_by_its_tag() -> None:
    assert set(codec.TAGS.values()) == set(get_args(Event))


def test_an_unknown_tag_is_passed_over() -> None:
    assert codec.decode(b'{"type":"engine.flew","speed":88}') is None


def test_a_field_of_a_later_version_is_passed_over() -> None:
    body = codec.encode(LED)[:-1] + b',"mood":"good"}'
    assert codec.decode(body) == LED


@pytest.mark.parametrize(
    "body",
    [b'{"type":"engine.led"}', b'{"type":"engine.led","engine":"m","epoch":"3","version":""}'],
)
def test_a_known_tag_with_fields_that_do_not_fit_is_not_passed_over(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        codec.decode(body)


def test_bytes_that_are_no_json_are_not_passed_over() -> None:
    with pytest.raises(msgspec.DecodeError):
        codec.decode(b'{"type":"engine.le')


def test_an_old_shape_is_read_in_the_new_one() -> None:
    def since_2027(old: dict[str, Any]) -> dict[str, Any]:
        return {"type": "engine.started.2", "engine": old["name"], "epoch": old["epoch"]}

    def since_2028(old: dict[str, Any]) -> dict[str, Any]:
        return {**old, "type": "engine.led", "version": "unknown"}

    upcasts = {"engine.started": since_2027, "engine.started.2": since_2028}
    body = b'{"type":"engine.started","name":"main","epoch":3}'
    read = codec.decode(body, upcasts)
    assert read == EngineLed(engine=EngineId("main"), epoch=3, version="unknown")


def test_a_decider_never_gets_what_nobody_knows() -> None:
    with pytest.raises(UnknownEvent, match=r"engine-main holds an event 'engine\.flew'"):
        codec.decode_of(ENGINE, "engine-main", b'{"type":"engine.flew"}')


def test_a_decider_never_gets_an_event_of_another_family() -> None:
    stuck = codec.encode(EffectStuck(key=EffectKey("k"), effect="look"))
    assert codec.decode_of(EFFECT, "effect-k", stuck).effect == "look"
    with pytest.raises(TypeError, match=r"no event of 'engine'"):
        codec.decode_of(ENGINE, "engine-main", stuck)
