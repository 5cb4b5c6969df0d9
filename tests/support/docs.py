"""Writes the pages that are made from the code: ``python -m tests.support.docs``."""

from pathlib import Path

from engine.rules import lifecycle

DOCS = Path(__file__).parents[2] / "docs"

LIFECYCLE = f"""# The life of an address

Made from `engine/rules/lifecycle.py` by `python -m tests.support.docs`; a test compares.
An address in STANDBY (whatever the reason) or RESTING is closed and its queues are paused.

```mermaid
{lifecycle.diagram()}```
"""

if __name__ == "__main__":
    (DOCS / "lifecycle.md").write_text(LIFECYCLE)
