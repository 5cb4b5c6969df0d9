"""The words of the commands about warm-ups and capacity."""

import argparse
from typing import TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def warmup(commands: "Verbs[P]", parser: type[P], reading: P) -> None:
    words = commands.add_parser("warmup", help="warm-ups", allow_abbrev=False)
    verbs = words.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=parser)
    show = _verb(verbs, reading, "show", "what it may send today, what comes next, what holds it")
    show.add_argument("--as-of", default="", metavar="WHEN", help="as it stood then")
    start = _verb(verbs, reading, "start", "warm up as soon as the guards hold")
    start.add_argument("--ladder", metavar="NAME", help="a built-in one")
    start.add_argument("--caps", metavar="N,N,…", help="or an own table, messages a day by stage")
    start.add_argument("--stage-days", type=int, metavar="N", help="of an own table (7)")
    start.add_argument("--active-per-day", type=int, metavar="N", help="afterwards (the last cap)")
    start.add_argument("--interpolation", choices=("step", "geometric"))
    hold = _verb(verbs, reading, "hold", "no next stage until it is resumed; the cap stays")
    resume = _verb(verbs, reading, "resume", "end every hold, and a pause by results")
    back = _verb(verbs, reading, "step-back", "the stage before, with its cap at once")
    skip = _verb(verbs, reading, "skip", "the next stage now; the guards must hold")
    for one in (hold, resume, back):
        one.add_argument("--reason", metavar="TEXT", help="kept in the log")
    skip.add_argument("--reason", metavar="TEXT", required=True, help="kept in the log")
    for one in (start, hold, resume, back, skip):
        one.add_argument("--tenant", metavar="SLUG", help="whose it is (platform keys)")


def by_hand(verbs: "Verbs[P]", reading: P) -> None:
    """Of ``ip``."""
    pause = _verb(verbs, reading, "pause", "send nothing from it for a while; it keeps its place")
    resume = _verb(verbs, reading, "resume", "end such a pause, and nothing else that stops it")
    pause.add_argument("--reason", metavar="TEXT", required=True, help="kept in the log")
    resume.add_argument("--reason", metavar="TEXT", help="kept in the log")
    server = _verb(verbs, reading, "server", "say which MailWizz delivery server it has")
    server.add_argument("server_id", metavar="NUMBER", type=int, help="MailWizz's own")
    for one in (pause, resume, server):
        one.add_argument("--tenant", metavar="SLUG", help="whose it is (platform keys)")


def _verb(verbs: "Verbs[P]", reading: P, name: str, does: str) -> P:
    verb = verbs.add_parser(name, parents=[reading], help=does, allow_abbrev=False)
    verb.add_argument("address", metavar="ADDRESS")
    return verb


def capacity(commands: "Verbs[P]", reading: P) -> None:
    words = commands.add_parser(
        "capacity",
        parents=[reading],
        help="what a tenant may send against what it wants to send, for eight weeks",
        description="Ends with 6 if demand passes capacity on some day.",
        allow_abbrev=False,
    )
    words.add_argument("tenant", metavar="TENANT")
    words.add_argument("--daily", action="store_true", help="a line for each day, not each week")
    words.add_argument("--as-of", default="", metavar="WHEN", help="as it stood then")
