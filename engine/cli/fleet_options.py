"""The words of the commands about the fleet file."""

import argparse
from pathlib import Path
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction

_PLAN = """\
Compares the file with the fleet as it stands, and changes nothing. What the file leaves out stays;
nothing is removed unless it is named: by removed = true in the file, or by --remove.

Needs a key of the platform with the scope admin. Ends with 0 if nothing is to be done, 9 if
something is, 1 if the file is wrong (all errors at once), 5 if it says what cannot be had.

example: email-engine plan fleet.toml
"""
_APPLY = """\
Shows the plan, asks, and carries it out over the API in an order in which nothing lacks what it
needs. It stops at the first refusal and says what was done and what was not; said again, it goes on
from there. New tenants' first keys are shown once, or written into --keys-dir.

examples: email-engine apply fleet.toml
          email-engine apply fleet.toml --yes --keys-dir /root/keys
"""
_EXPORT = """\
Writes the fleet as it stands as a fleet file. Keys, secrets and what is only observed are not in
it.

example: email-engine export > fleet.toml
"""


def add(commands: "Verbs[P]", reading: P) -> None:
    plan = _verb(commands, reading, "plan", "what a fleet file would change", _PLAN)
    apply = _verb(commands, reading, "apply", "make the fleet what a file says", _APPLY)
    _verb(commands, reading, "export", "the fleet as it stands, as a fleet file", _EXPORT)
    for verb in (plan, apply):
        verb.add_argument("fleet", type=Path, metavar="FILE", help="fleet.toml (docs/fleet.md)")
        verb.add_argument(
            "--remove",
            action="append",
            default=[],
            metavar="NAME",
            help="an address, domain or chat (acme/-1001234) that the file does not name; may be"
            " repeated",
        )
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument(
        "--keys-dir", type=Path, metavar="DIR", help="write each new tenant's key to DIR/SLUG.key"
    )


def _verb(commands: "Verbs[P]", reading: P, name: str, text: str, about: str) -> P:
    return commands.add_parser(
        name,
        parents=[reading],
        help=text,
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
