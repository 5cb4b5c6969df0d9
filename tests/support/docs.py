"""Writes the pages that are made from the code: ``python -m tests.support.docs``."""

from pathlib import Path
from typing import get_args

from engine.api import openapi
from engine.api.routes import ROUTES
from engine.api.sentences import sentence
from engine.events import Event, Fact
from engine.projections import PROJECTIONS
from engine.rules import lifecycle
from engine.store.codec import tag_of_event
from tests.support import blacklists_page, metrics_page, problems_page
from tests.support.event_samples import SAMPLES
from tests.support.spec import record

DOCS = Path(__file__).parents[2] / "docs"

LIFECYCLE = f"""# The life of an address

Made from `engine/rules/lifecycle.py` by `python -m tests.support.docs`; a test compares.
An address in STANDBY (whatever the reason) or RESTING is closed and its queues are paused.

```mermaid
{lifecycle.diagram()}```
"""


def events() -> str:
    """Which projection folds which event; every event is in some file of ``tests/golden``."""
    kinds = {str(kind.__struct_config__.tag): kind for kind in get_args(Event)}
    lines = [_line(tag, kind) for tag, kind in sorted(kinds.items())]
    return "\n".join(
        [
            "# Events",
            "",
            "Made from the types by `python -m tests.support.docs`; a test compares. A sample of",
            "each lies in `tests/golden/events/` and is read for ever.",
            "",
            "| tag | fields | folded by |",
            "|---|---|---|",
            *lines,
            "",
            "What people read of each: the sentence of its sample.",
            "",
            "| tag | in words |",
            "|---|---|",
            *sorted(f"| `{tag_of_event(one)}` | {sentence(record(1, one))} |" for one in SAMPLES),
            "",
        ]
    )


def _line(tag: str, kind: type[Fact]) -> str:
    folding = [one.name for one in PROJECTIONS if kind in one.folds]
    return f"| `{tag}` | {', '.join(kind.__struct_fields__)} | {', '.join(folding)} |"


PAGES = {
    "blacklists.md": blacklists_page.page(),
    "events.md": events(),
    "lifecycle.md": LIFECYCLE,
    "metrics.md": metrics_page.page(),
    "openapi.json": openapi.written(ROUTES).decode(),
    "problems.md": problems_page.page(),
}

if __name__ == "__main__":
    for name, text in PAGES.items():
        (DOCS / name).write_text(text)
