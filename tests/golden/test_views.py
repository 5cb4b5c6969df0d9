"""The same events give the same views, or the projection's version is raised.

Rows and images that were made by a fold are kept under its codec.  A fold that changed without a
word would leave them as they are, and half the fleet would be shown by the old one.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.events.ip import IpRegistered
from engine.projections import PROJECTIONS
from engine.projections.ips import IPS
from engine.projections.projection import Projection
from tests.support.event_samples import SAMPLES
from tests.support.golden_views import Golden, changed, made

FILES = Path(__file__).parent / "views"
WRITE = "python -m tests.golden.test_views"


def path_of(projection: Projection[Any]) -> Path:
    return FILES / f"{projection.name}.json"


def stored(projection: Projection[Any]) -> Golden | None:
    path = path_of(projection)
    return msgspec.json.decode(path.read_bytes(), type=Golden) if path.exists() else None


def complaint(projection: Projection[Any]) -> str:
    """What must be done before its file may be written anew; "" = nothing."""
    was = stored(projection)
    other = changed(was, made(projection, SAMPLES)) if was else []
    if not other:
        return ""
    return (
        f"{projection.name} makes another view of: {', '.join(other[:5])}"
        f" ({len(other)} in all). If that is meant, raise `version` of the projection to"
        f" {projection.version + 1}, so that what is stored is folded anew; then {WRITE}"
    )


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda one: str(one.name))
def test_a_fold_does_not_change_without_a_new_version(projection: Projection[Any]) -> None:
    assert not complaint(projection)


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda one: str(one.name))
def test_the_files_are_up_to_date(projection: Projection[Any]) -> None:
    assert stored(projection) == made(projection, SAMPLES), f"write them: {WRITE}"


def test_there_is_a_file_for_every_projection_and_no_other() -> None:
    assert {path.stem for path in FILES.glob("*.json")} == {one.name for one in PROJECTIONS}


# --- and what is told is right -------------------------------------------------------------------


def other(**fields: Any) -> Projection[Any]:
    return msgspec.structs.replace(IPS, **fields)


def of(projection: Projection[Any]) -> Golden:
    return made(projection, SAMPLES)


def staged_wrong(view: Any, recorded: Any) -> Any:
    return msgspec.structs.replace(IPS.evolve(view, recorded), stage=99)


def test_a_new_event_asks_nobody_for_a_new_version() -> None:
    without = [one for one in SAMPLES if not isinstance(one, IpRegistered)]
    for one in PROJECTIONS:
        before = msgspec.structs.replace(
            one, folds=tuple(kind for kind in one.folds if kind is not IpRegistered)
        )
        assert changed(made(before, without), of(one)) == [], one.name


def test_another_view_of_the_same_event_asks_for_one() -> None:
    assert "ip.registered" in changed(of(IPS), of(other(evolve=staged_wrong)))


def test_and_a_new_version_answers_it() -> None:
    raised = other(evolve=staged_wrong, version=IPS.version + 1)
    assert changed(of(IPS), of(raised)) == []


def test_another_view_of_two_events_in_a_row_asks_for_one() -> None:
    """Though each of them by itself is folded as it was."""

    def wrong(view: Any, recorded: Any) -> Any:
        fold = staged_wrong if recorded.position == 2 else IPS.evolve
        return fold(view, recorded)

    told = changed(of(IPS), of(other(evolve=wrong)))
    assert told
    assert all(" then " in one for one in told)


@pytest.mark.parametrize(
    "part", [{"tenant": lambda view: "rival"}, {"columns": lambda view: IPS.columns(IPS.initial)}]
)
def test_what_lists_go_by_belongs_to_the_view(part: dict[str, Any]) -> None:
    assert changed(of(IPS), of(other(**part)))


def test_what_an_event_concerns_belongs_to_it_too() -> None:
    assert changed(of(IPS), of(other(keys=lambda recorded: ("acme/192.0.2.1",))))


def write() -> int:
    if complaints := [text for text in map(complaint, PROJECTIONS) if text]:
        print(*complaints, sep="\n", file=sys.stderr)
        return 1
    FILES.mkdir(exist_ok=True)
    for one in PROJECTIONS:
        golden = msgspec.json.encode(made(one, SAMPLES), order="deterministic")
        path_of(one).write_bytes(msgspec.json.format(golden, indent=1) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(write())
