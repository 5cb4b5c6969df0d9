"""The words of the command line."""

import argparse
import difflib
import itertools
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from engine.cli import (
    audit,
    chat_options,
    domain_options,
    environment,
    exits,
    export,
    fleet_options,
    key_options,
    list_options,
    log_words,
    nodes,
    powermta_options,
    replay,
    sending_options,
    simulate,
    tenants,
    warmup_options,
)

DEMO_PORT = 8025
_EXAMPLES = f"""\
examples:
  email-engine demo                     look at it, without anything of your own
  email-engine run --config engine.toml
  email-engine ip list                  what asks a running engine needs a key: in {environment.KEY}
  email-engine explain ip 192.0.2.1     or in a file, --key-file
  email-engine plan fleet.toml          email-engine COMMAND --help says more of each

"""
_CHOICE = re.compile(r"invalid choice: '(?P<word>[^']*)' \(choose from (?P<known>.*)\)")


class Parser(argparse.ArgumentParser):
    """One that says what was meant."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """An unknown option is named before its value is taken for a verb."""
        words = sys.argv[1:] if args is None else list(args)
        for word in self._before_verb(words):
            name, known = word.partition("=")[0], list(self._option_string_actions)
            if name.startswith("--") and name not in ("--", *known):
                near = difflib.get_close_matches(name, known, n=1)
                self.error(
                    f"there is no option {name}{f'; did you mean {near[0]}?' if near else ''}"
                )
        return super().parse_known_args(words, namespace)

    def _before_verb(self, words: Sequence[str]) -> Iterator[str]:
        """Also before what stands in a verb's place, and is none: that is named first."""
        verbs = self._verbs()
        for before, word in itertools.pairwise(["", *words]):
            in_its_place = bool(verbs) and not word.startswith("-") and not before.startswith("-")
            if word in verbs or in_its_place:
                return
            yield word

    def _verbs(self) -> Collection[str]:
        kinds = [one for one in self._actions if isinstance(one, argparse._SubParsersAction)]
        return [verb for kind in kinds for verb in kind.choices]

    def error(self, message: str) -> NoReturn:
        found = _CHOICE.search(message)
        if found:
            known = re.findall(r"[\w-]+", found["known"])
            near = difflib.get_close_matches(found["word"], known, n=1)
            meant = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            message = f"there is no command `{found['word']}`; {meant}"
        self.exit(exits.USAGE, f"{self.prog}: {message}\nSee {self.prog} --help\n")


def build() -> Parser:
    top = Parser(
        prog="email-engine",
        description="Keeps a fleet of sending IPs healthy.",
        epilog=_EXAMPLES + exits.TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    run = commands.add_parser("run", help="run the engine", allow_abbrev=False)
    run.add_argument("--config", type=Path, required=True, metavar="FILE", help="engine.toml")
    _demo(commands)
    export.add(log_words.events(commands, _reading()))
    log_words.explain(commands, _reading())
    _ip(commands)
    sending_options.add(domain_options.domain(commands, _reading()), _reading())
    sending_options.domains(commands, _reading())
    warmup_options.warmup(commands, Parser, _reading())
    warmup_options.capacity(commands, _reading())
    list_options.blacklists(commands, Parser, _reading())
    list_options.doctor(commands)
    powermta_options.powermta(commands, Parser, _reading())
    nodes.add(commands, Parser)
    fleet_options.add(commands, _reading())
    key_options.add(commands, Parser, _reading())
    chat_options.add(commands, Parser, _reading())
    _views(commands)
    audit.add(commands)
    replay.add(commands)
    simulate.add(commands)
    tenants.add(commands, Parser)
    return top


def _demo(commands: "argparse._SubParsersAction[Parser]") -> None:
    demo = commands.add_parser("demo", help="six weeks of a small fleet", allow_abbrev=False)
    demo.add_argument("--port", type=_port, default=DEMO_PORT, help=f"of its API ({DEMO_PORT})")
    demo.add_argument("--exit", action="store_true", help="end when the story is told")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number up to 65535, 0 for any")
    return int(text)


def _ip(commands: "argparse._SubParsersAction[Parser]") -> None:
    ip = commands.add_parser("ip", help="sending addresses", allow_abbrev=False)
    verbs = ip.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    every = verbs.add_parser("list", parents=[_reading()], help="all of them", allow_abbrev=False)
    show = verbs.add_parser("show", parents=[_reading()], help="one", allow_abbrev=False)
    for verb in (every, show):
        verb.add_argument("--as-of", default="", metavar="WHEN", help="as it stood then")
    show.add_argument("address", metavar="ADDRESS")
    warmup_options.by_hand(verbs, _reading())


def _views(commands: "argparse._SubParsersAction[Parser]") -> None:
    commands.add_parser(
        "views", parents=[_reading()], help="how far the read models stand", allow_abbrev=False
    )
    commands.add_parser(
        "rebuild",
        parents=[_reading()],
        help="make the read models anew from the log, and compare",
        allow_abbrev=False,
    )


def _reading() -> Parser:
    """What every command takes that asks a running engine."""
    parent = Parser(add_help=False)
    parent.add_argument(
        "--url", metavar="URL", help=f"of the API ({environment.URL}, {environment.DEFAULT_URL})"
    )
    parent.add_argument(
        "--key-file", type=Path, metavar="FILE", help=f"holds the API key (else {environment.KEY})"
    )
    parent.add_argument("--json", action="store_true", help="for programs; its names are stable")
    return parent


def talk(text: str) -> None:
    print(text, file=sys.stderr)
