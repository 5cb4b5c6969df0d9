"""Block lists: what they say of each address, how they are, and a look of now."""

from argparse import Namespace
from collections.abc import Iterable, Iterator

from engine.cli import exits, tables
from engine.cli.parser import talk
from engine.cli.reading import Row, client, pages, say, say_json


def run(asked: Namespace) -> int:
    return {"list": every, "show": show, "zones": zones, "check": check}[asked.verb](asked)


def every(asked: Namespace) -> int:
    listed = "yes" if asked.listed else ""
    found = list(pages(client(asked), "blacklists", as_of=asked.as_of, listed=listed))
    if asked.json:
        return say_json(found)
    head = ("ADDRESS", "TENANT", "LISTED BY", "CLEAN", "NOT TOLD", "LOOKED AT")
    for line in tables.table(head, map(_row, found)):
        say(line)
    talk(f"{len(found)} addresses" if len(found) != 1 else "1 address")
    return exits.OK


def _row(one: Row) -> tuple[object, ...]:
    cells = one["lists"].values()
    told = [cell for cell in cells if cell["proof"] != "unproved"]
    clean = sum(cell["verdict"] == "clean" for cell in told)
    silent = len(one["lists"]) - clean - len(one["listed"])
    names = ", ".join(_named(zone, one) for zone in one["listed"])
    return (
        *(one["address"], one["tenant"], names or None, clean, silent),
        tables.time(one["looked_at"]),
    )


def _named(zone: str, one: Row) -> str:
    cell = one["lists"].get(zone)
    if cell is None:
        return zone
    known = "" if cell["confirmed"] else "?"
    borne = " borne" if cell["acknowledged_until"] else ""
    return f"{zone}{known}{borne}"


def show(asked: Namespace) -> int:
    found = client(asked).get(
        "ips", asked.address, "blacklists", zone=asked.zone, as_of=asked.as_of
    )
    if asked.json:
        return say_json(found)
    say(f"{found['address']} of {found['tenant']}, by {found['looks']:,} looks, newest first")
    head = ("LIST", "SAID", "FROM", "TO", "LOOKS", "CODES", "REASON")
    for line in tables.table(head, map(_span, found["history"])):
        say(line)
    return exits.OK


def _span(one: Row) -> tuple[object, ...]:
    proof = "" if one["proof"] == "proved" else f" ({one['proof']})"
    return (
        *(one["zone"], f"{one['verdict']}{proof}", tables.time(one["from"])),
        *(tables.time(one["to"]), one["looks"], ", ".join(one["codes"]) or None),
        one["reason"] or None,
    )


def zones(asked: Namespace) -> int:
    found = client(asked).get("blacklists", "zones")["items"]
    if asked.json:
        return say_json(found)
    head = ("LIST", "NAME", "DOES", "STATE", "ASKED TODAY", "OF", "NOTE")
    for line in tables.table(head, map(_zone, found)):
        say(line)
    return exits.OK


def _zone(one: Row) -> tuple[object, ...]:
    state = "suspected" if one.get("suspected_since") else one.get("health")
    retired = f"retired: {one['retired']}" if one["retired"] else ""
    part = f"read from {one['part_of']}" if one["part_of"] else ""
    return (
        *(one["zone"], one["name"], one["action"], state),
        *(one.get("questions_today"), one.get("questions_a_day")),
        retired or part or one.get("suspicion") or None,
    )


def check(asked: Namespace) -> int:
    body = {"ips": asked.address, "zones": asked.zone}
    if asked.tenant:
        body["tenant"] = asked.tenant
    found = client(asked).send(("blacklists", "check"), body)
    if asked.json:
        say_json(found)
    if "see" in found:
        talk("it takes long; email-engine blacklists list tells what is found")
        return exits.UNKNOWN
    if not asked.json:
        for line in tables.table(_HEAD, _told(found["items"], asked.zone)):
            say(line)
    return _code(found["items"], asked.zone)


_HEAD = ("ADDRESS", "LIST", "SAID", "CODES", "REASON")


def _cells(items: Iterable[Row], only: list[str]) -> Iterator[tuple[Row, str, Row]]:
    for one in items:
        for zone, cell in one["lists"].items():
            if not only or zone in only:
                yield one, zone, cell


def _told(items: Iterable[Row], only: list[str]) -> Iterator[tuple[object, ...]]:
    for one, zone, cell in _cells(items, only):
        proof = "" if cell["proof"] == "proved" else f" ({cell['proof']})"
        codes = "; ".join(cell["meaning"]) or ", ".join(cell["codes"])
        said = f"{cell['verdict']}{proof}"
        yield one["address"], zone, said, codes or None, cell["reason"] or None


def _code(items: Iterable[Row], only: list[str]) -> int:
    """A list that is dead has told all that it will ever tell."""
    counting = [cell for _, _, cell in _cells(items, only) if cell["proof"] != "unproved"]
    if any(cell["verdict"] == "listed" for cell in counting):
        return exits.WRONG
    silent = any(cell["verdict"] not in ("clean", "listed") for cell in counting)
    return exits.UNKNOWN if silent or not counting else exits.OK
