"""The words of the commands about domains that tenants send from."""

import argparse
from typing import Any, TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction

STATUSES = ("ok", "warning", "error", "unknown")
VERBS = ("add", "show", "check-now", "remove")


def domains(commands: "Verbs[P]", reading: P) -> None:
    every = commands.add_parser(
        "domains", parents=[reading], help="sending domains", allow_abbrev=False
    )
    every.add_argument("--status", choices=STATUSES, default="", help="only these")
    every.add_argument("--as-of", default="", metavar="WHEN", help="as they stood then")


def add(verbs: "Verbs[P]", reading: P) -> None:
    """To the verbs of `domain`."""
    _add(_verb(verbs, reading, "add", "register one that a tenant sends from"))
    show = _verb(verbs, reading, "show", "the last report, and what has changed", whose=False)
    show.add_argument("--as-of", default="", metavar="WHEN", help="as it stood then")
    _verb(
        verbs,
        reading,
        "check-now",
        "look at one that is registered, and wait for the report",
        description="Looks now, as the engine does every day, and keeps what is found. Ends as"
        " `domain check` does.",
    )
    _verb(verbs, reading, "remove", "it is sent from no more; anybody may register it then")


def _verb(
    verbs: "Verbs[P]", reading: P, name: str, text: str, *, whose: bool = True, **more: Any
) -> P:
    verb = verbs.add_parser(name, parents=[reading], help=text, allow_abbrev=False, **more)
    verb.add_argument("domain", metavar="DOMAIN")
    if whose:
        verb.add_argument("--tenant", metavar="SLUG", help="whose it is (platform keys)")
    return verb


def _add(verb: P) -> None:
    several: dict[str, Any] = {"action": "append", "default": None}
    verb.add_argument("--selector", **several, metavar="S", help="of DKIM (default)")
    verb.add_argument(
        "--dkim-key",
        action="append",
        type=_path,
        default=[],
        metavar="SELECTOR=PATH",
        help="where its private key lies on the nodes, to be compared with what is published",
    )
    verb.add_argument("--mail-from", metavar="DOMAIN", help="where bounces go")
    verb.add_argument("--helo", metavar="NAME", help="said in EHLO")
    verb.add_argument("--purpose", **several, metavar="P", help="a pool that sends for it (all)")


def _path(text: str) -> tuple[str, str]:
    selector, equals, path = text.partition("=")
    if not (selector and equals and path):
        raise argparse.ArgumentTypeError(f"{text!r} is not SELECTOR=PATH")
    return selector, path
