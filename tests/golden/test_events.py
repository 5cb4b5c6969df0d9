"""Every event that was ever written can be read for ever.

A file here is never edited.  A new tag gets one by ``python -m tests.golden.test_events``.
"""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from engine.events import Event
from engine.projections import PROJECTIONS
from engine.store import codec
from tests.support.event_samples import SAMPLES
from tests.support.spec import record

FILES = Path(__file__).parent / "events"
TAGS = {codec.tag_of(codec.encode(one)): one for one in SAMPLES}


def test_there_is_a_sample_of_every_event() -> None:
    assert {type(one) for one in SAMPLES} == set(get_args(Event))


def test_there_is_a_file_for_every_tag_and_none_was_taken_away() -> None:
    assert {path.stem for path in FILES.glob("*.json")} == set(TAGS)


@pytest.mark.parametrize("path", sorted(FILES.glob("*.json")), ids=lambda path: str(path.stem))
def test_what_was_written_then_reads_as_it_did(path: Path) -> None:
    event = codec.decode(path.read_bytes())
    assert event == TAGS[path.stem]


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_every_projection_can_fold_it(tag: str) -> None:
    """From the initial view too: evolve never fails."""
    for projection in PROJECTIONS:
        if type(TAGS[tag]) in projection.folds:
            recorded = record(1, TAGS[tag])
            for key in projection.keys(recorded):
                view = projection.named(projection.initial, key)
                view = projection.evolve(view, recorded)
                body = msgspec.json.encode(projection.evolve(view, recorded))
                assert msgspec.json.decode(body, type=type(view)) is not None


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for name, sample in TAGS.items():
        path = FILES / f"{name}.json"
        if not path.exists():
            path.write_bytes(codec.encode(sample))
