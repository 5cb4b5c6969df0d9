"""Nothing is forgotten: every event is folded, every effect performed, every room alike."""

from pathlib import Path
from typing import get_args

import engine
from engine.commands import Command
from engine.effects import Dispatch, Effect
from engine.effects.base import Look, Tell, Touch
from engine.events import Event, Recorded
from engine.projections import PROJECTIONS
from engine.runtime.command_handler import DECIDERS
from engine.store import codec
from tests.support.world import World, virtually

ROOT = Path(engine.__file__).parent


def test_every_event_is_folded_by_somebody() -> None:
    folded = {kind for projection in PROJECTIONS for kind in projection.folds}
    assert folded == set(get_args(Event))


def test_no_projection_folds_an_event_twice() -> None:
    for projection in PROJECTIONS:
        assert len(set(projection.folds)) == len(projection.folds), projection.name


def test_every_effect_can_be_performed() -> None:
    async def performed() -> set[object]:
        return set(World().engine.performer.performs)

    assert virtually(performed) == set(get_args(Effect))


def test_every_effect_is_of_one_class() -> None:
    for effect in get_args(Effect):
        assert sum(issubclass(effect, one) for one in (Look, Touch, Tell, Dispatch)) == 1, effect


def test_every_command_has_a_decider() -> None:
    assert set(DECIDERS) == set(get_args(Command))


def test_tags_are_explicit_and_each_stands_for_one_thing() -> None:
    for union in (Event, Command, Effect):
        kinds = get_args(union)
        tags = [str(kind.__struct_config__.tag) for kind in kinds]
        assert len(set(tags)) == len(tags)
        assert all("." in tag and tag == tag.lower() for tag in tags)


def test_a_stream_family_has_the_same_file_name_in_every_room() -> None:
    families = {path.name for path in (ROOT / "events").glob("*.py")} | {"decider.py"}
    parts_of_ip = {"ip_state.py", "ip_ending.py", "ip_raise.py"}
    own = {*parts_of_ip, "tenant_capacity.py", "tenant_overlay.py"}
    own |= {"rollout_state.py", "rollout_watch.py", "domain_key_place.py"}
    for room in ("commands", "effects", "deciders"):
        files = {path.name for path in (ROOT / room).glob("*.py")}
        assert files - own <= families, room


def test_no_file_is_long() -> None:
    for path in ROOT.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 400, path


def test_the_garbage_collector_need_not_walk_through_views_and_events() -> None:
    """They hold nothing that holds them, and there are hundreds of thousands."""
    kinds = {type(one.initial) for one in PROJECTIONS} | set(codec.TAGS.values()) | {Recorded}
    assert [kind.__name__ for kind in kinds if kind.__struct_config__.gc] == []
