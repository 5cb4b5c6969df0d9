"""From words to an exit code.  What a command needs is imported when it is asked for."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from engine.cli import exits
from engine.cli.exits import Failed
from engine.cli.parser import build, talk
from engine.cli.sending_options import VERBS

# Where a command is carried out, where its first word says it.
_PLACES = {
    "apply": ("fleet", "apply"),
    "blacklists": ("blacklists", "run"),
    "capacity": ("capacity", "capacity"),
    "chat": ("chats", "run"),
    "doctor": ("doctor", "run"),
    "domains": ("sending_domains", "run"),
    "explain": ("explain", "ip"),
    "export": ("fleet", "export"),
    "key": ("keys", "run"),
    "node": ("nodes", "run"),
    "plan": ("fleet", "plan"),
    "powermta": ("powermta", "run"),
    "rebuild": ("views", "rebuild"),
    "replay": ("replay", "replay"),
    "simulate": ("simulate", "simulate"),
    "tenant": ("tenants", "run"),
    "verify": ("audit", "verify"),
    "views": ("views", "views"),
    "warmup": ("warmups", "run"),
}


def main(argv: Sequence[str] | None = None) -> int:
    try:
        return _done(argv)
    except SystemExit as ended:  # argparse: help, or what was wrong
        return ended.code if isinstance(ended.code, int) else exits.USAGE
    except Failed as failed:
        talk(f"email-engine: {failed}")
        return failed.code
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.OK


def _done(argv: Sequence[str] | None) -> int:
    parser = build()
    asked = parser.parse_args(argv)
    if asked.command is None:
        parser.print_help(sys.stderr)
        return exits.USAGE
    code = _do(asked)
    sys.stdout.flush()
    return code


def _do(asked: Namespace) -> int:
    if asked.command == "run":
        from engine.app.start import main as run

        return run(asked.config)
    if asked.command == "demo":
        from engine.demo import main as demo

        return demo(port=asked.port, exit_at_end=asked.exit)
    if place := _PLACES.get(asked.command):
        module, function = place
        code: int = getattr(import_module(f"engine.cli.{module}"), function)(asked)
        return code
    if asked.command == "events" and asked.verb == "export":
        from engine.cli import export

        return export.export(asked)
    if asked.command == "events":
        from engine.cli import events

        return events.events(asked)
    if asked.command == "domain" and asked.verb in VERBS:
        from engine.cli import sending_domains

        return sending_domains.run(asked)
    if asked.command == "domain":
        from engine.cli import domain

        return domain.check(asked) if asked.verb == "check" else domain.records(asked)
    if asked.command == "ip" and asked.verb in ("pause", "resume", "server"):
        from engine.cli import warmups

        return warmups.ip(asked)
    from engine.cli import reading

    return reading.ips(asked) if asked.verb == "list" else reading.ip(asked)
