"""Nothing is forgotten: every event is folded, every effect performed, every room alike."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

from msgspec.structs import replace

import engine
from engine.commands import Command
from engine.effects import Dispatch, Effect
from engine.effects.base import Look, Tell, Touch
from engine.events import Event, Recorded
from engine.ids import Actor, Position, Version
from engine.projections import PROJECTIONS
from engine.runtime.command_handler import DECIDERS
from engine.store import codec
from tests.support.event_samples import SAMPLES
from tests.support.spec import DAY_1, record
from tests.support.world import World, virtually

ROOT = Path(engine.__file__).parent


def test_every_event_is_folded_by_somebody() -> None:
    folded = {kind for projection in PROJECTIONS for kind in projection.folds}
    assert folded == set(get_args(Event))


def test_no_projection_folds_an_event_twice() -> None:
    for projection in PROJECTIONS:
        assert len(set(projection.folds)) == len(projection.folds), projection.name


def test_a_key_is_made_of_what_an_event_says_and_of_its_tenant() -> None:
    """Never of its place in the log, nor of who brought it there; and no view folds it twice."""
    for event in SAMPLES:
        first = record(1, event)
        other = replace(
            first,
            position=Position(99),
            stream="another-stream",
            version=Version(98),
            at=DAY_1 + timedelta(days=3),
            actor=Actor("key:7"),
            cause="another",
        )
        for projection in PROJECTIONS:
            if type(event) in projection.folds:
                keys = projection.keys(first)
                assert projection.keys(other) == keys, (projection.name, event)
                assert len(set(keys)) == len(keys), (projection.name, event)


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


def test_who_sets_telegram_up_nowhere_does_not_wait_for_aiogram() -> None:
    """It takes seconds and 126 MB to import; the demo has a Telegram of its own."""
    at_once = re.compile(
        r"^(?:from|import) aiogram|^from engine\.adapters(?:\.telegram| import .*\btelegram)\b",
        re.M,
    )
    allowed = {ROOT / "adapters" / "telegram.py", *(ROOT / "demo").glob("*.py")}
    loading = {path for path in ROOT.rglob("*.py") if at_once.search(path.read_text())}
    assert loading
    assert loading <= allowed


def test_the_garbage_collector_need_not_walk_through_views_and_events() -> None:
    """They hold nothing that holds them, and there are hundreds of thousands."""
    kinds = {type(one.initial) for one in PROJECTIONS} | set(codec.TAGS.values()) | {Recorded}
    assert [kind.__name__ for kind in kinds if kind.__struct_config__.gc] == []
