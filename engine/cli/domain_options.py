"""The words of the commands that look at a domain's DNS."""

import argparse
from pathlib import Path
from typing import Any, TypeVar

P = TypeVar("P", bound=argparse.ArgumentParser)
Verbs = argparse._SubParsersAction


def domain(commands: "Verbs[P]", reading: P) -> "Verbs[P]":
    """Gives the verbs of `domain`, for others to be added."""
    found = commands.add_parser("domain", help="a domain's DNS", allow_abbrev=False)
    verbs = found.add_subparsers(
        dest="verb", metavar="VERB", required=True, parser_class=type(found)
    )
    _check(verbs, reading)
    _records(verbs, reading)
    return verbs


def _check(verbs: "Verbs[P]", reading: P) -> None:
    check = verbs.add_parser(
        "check",
        parents=[reading],
        help="judge it as mailbox providers would",
        description="Judges SPF, DKIM, DMARC, PTR and MX, and says how to mend what is wrong."
        " Ends with 0 if all is well, 6 if something is wrong, 7 if something may become so, 8 if"
        " something could not be told.",
        allow_abbrev=False,
    )
    _about(check)
    check.add_argument(
        "--zone-file",
        type=Path,
        metavar="FILE",
        help="as if these records were published: lines of a zone file (- is standard input)",
    )


def _records(verbs: "Verbs[P]", reading: P) -> None:
    records = verbs.add_parser(
        "records",
        parents=[reading],
        help="the records it needs, as lines of a zone file",
        allow_abbrev=False,
    )
    _about(records)
    records.add_argument(
        "--key",
        action="append",
        type=_key,
        default=[],
        metavar="SELECTOR=FILE",
        help="the public key of a selector, as PEM",
    )
    records.add_argument("--mx", default="", metavar="HOST", help="takes mail to the domain")
    records.add_argument("--reports-to", default="", metavar="ADDRESS", help="gets DMARC's reports")


def _about(parser: P) -> None:
    parser.add_argument("domain", metavar="DOMAIN")
    several: dict[str, Any] = {"action": "append", "default": None}
    parser.add_argument("--ip", **several, metavar="A", help="sends for it (else: its tenant's)")
    parser.add_argument("--selector", **several, metavar="S", help="of DKIM (else: as configured)")
    parser.add_argument("--mail-from", metavar="DOMAIN", help="where bounces go")
    parser.add_argument("--helo", metavar="NAME", help="said in EHLO")
    parser.add_argument("--tenant", metavar="SLUG", help="whose domain it is (platform keys)")


def _key(text: str) -> tuple[str, Path]:
    selector, equals, path = text.partition("=")
    if not (selector and equals and path):
        raise argparse.ArgumentTypeError(f"{text!r} is not SELECTOR=FILE")
    return selector, Path(path)
