"""``plan``, ``apply`` and ``export``: the fleet as one file says it, and as it stands."""

import sys
from argparse import Namespace

from engine.app import fleet_file
from engine.app.fleet_file import FleetFile
from engine.app.fleet_file.writing import tables
from engine.cli import exits, fleet_apply, fleet_state, fleet_words
from engine.cli.client import Client
from engine.cli.exits import Failed
from engine.cli.fleet_keys import Keys
from engine.cli.parser import talk
from engine.cli.reading import client, say, say_json
from engine.errors import StartRefused
from engine.ids import parse_ip
from engine.rules.fleet import diff
from engine.rules.fleet.plan import Plan


def plan(asked: Namespace) -> int:
    file = _file(asked)
    found = _plan(file, client(asked), asked)
    if asked.json:
        say_json(fleet_words.as_json(found, file))
    elif found.steps or not found.refused:
        _show(found)
    _possible(found, file)
    return exits.CHANGES if found.steps else exits.OK


def apply(asked: Namespace) -> int:
    file, source = _file(asked), client(asked)
    found = _plan(file, source, asked)
    _possible(found, file)
    keys = Keys(asked.keys_dir)
    keys.check(one.name for one in found.steps if (one.does, one.what) == ("create", "tenant"))
    if not asked.json:
        _show(found)
    if found.steps and not asked.yes:
        _confirm()
    return fleet_apply.carry_out(source, found, keys, as_json=asked.json)


def export(asked: Namespace) -> int:
    fleet = fleet_state.declared(fleet_state.stands(client(asked)))
    if asked.json:
        say_json(tables(fleet))
    else:
        sys.stdout.write(fleet_file.text(fleet))
    return exits.OK


def _file(asked: Namespace) -> FleetFile:
    try:
        return fleet_file.load(asked.fleet)
    except StartRefused as refused:
        raise Failed(str(refused)) from refused


def _plan(file: FleetFile, source: Client, asked: Namespace) -> Plan:
    return diff.plan(file.fleet, fleet_state.stands(source), [*map(_name, asked.remove)])


def _name(text: str) -> str:
    """An address, a domain or a chat as the engine writes it."""
    try:
        return parse_ip(text)
    except ValueError:
        return text.lower().rstrip(".")


def _show(found: Plan) -> None:
    for line in fleet_words.lines(found):
        say(line)


def _possible(found: Plan, file: FleetFile) -> None:
    if found.refused:
        said = file.wrong(found.refused)
        raise Failed(f"this cannot be had, and so nothing is done:\n{said}", exits.REFUSED)


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise Failed("nobody is there to be asked; say --yes, and nothing is asked", exits.USAGE)
    talk("Carry it out? Only `yes` does:")
    if sys.stdin.readline().strip() != "yes":
        raise Failed("nothing was done")
