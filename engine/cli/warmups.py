"""``warmup``: that of one address, and what people do to it; ``ip`` pause, resume and server."""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from engine.cli import exits, tables
from engine.cli.exits import Failed
from engine.cli.parser import talk
from engine.cli.reading import Row, client, say, say_json


def run(asked: Namespace) -> int:
    return show(asked) if asked.verb == "show" else _changed(asked)


def show(asked: Namespace) -> int:
    found = client(asked).get("ips", asked.address, "warmup", as_of=asked.as_of)
    if asked.json:
        return say_json(found)
    for line in tables.pairs(_facts(found)):
        say(line)
    return exits.OK


def _facts(one: Row) -> Iterator[tuple[str, object]]:
    plan, today, coming = one["plan"], one["today"], one["next"]
    yield "address", one["address"]
    yield "tenant", one["tenant"]
    yield "phase", f"{one['phase']} ({one['reason']})" if one["reason"] else one["phase"]
    yield "stage", f"{one['stage']} of {one['stages']}" if one["stage"] else None
    yield "ladder", f"{plan['ladder']}: {_caps(plan['caps'])}, then {plan['active_per_day']:,}"
    if one["days"]:
        days = one["days"]
        yield "days", f"{days['counted']} counted by what was {_by(days)}, {days['needed']} needed"
    yield "today", _today(today)
    yield "next", _next(coming) if coming else None
    for n, held in enumerate(one["held"]):
        yield "" if n else "held", _held(held)
    for n, why in enumerate(one["waits_for"]):
        yield "" if n else "waits for", why


def _caps(caps: list[int]) -> str:
    shown = [f"{cap:,}" for cap in caps]
    return " ".join(shown if len(shown) <= 8 else [*shown[:4], "…", *shown[-3:]])


def _by(days: Row) -> str:
    return str(days["counted_by"])


def _today(today: Row) -> str:
    if today["allowance"] is None:
        return f"{today['day']}: no cap is told"
    cap = f"{today['day']}: {today['allowance']:,}, at most {today['hourly']:,} an hour"
    return (
        cap if today["used"] is None else f"{cap}; {today['used']:,} used, {today['left']:,} left"
    )


def _next(coming: Row) -> str:
    cap = f", {coming['cap']:,} a day" if coming["cap"] else ""
    return f"{coming['what']}{cap}: {tables.time(coming['at']) if coming['at'] else 'now'}"


def _held(one: Row) -> str:
    why = f": {one['reason']}" if one["reason"] else ""
    paused = ", output paused" if one["paused"] else ""
    return f"by {one['by']} since {tables.time(one['since'])}{paused}{why}"


def _changed(asked: Namespace) -> int:
    verb = () if asked.verb == "start" else (asked.verb,)
    return _sent(asked, "warmup", ("ips", asked.address, "warmup", *verb))


def ip(asked: Namespace) -> int:
    return _sent(asked, "ip", ("ips", asked.address, asked.verb))


def _sent(asked: Namespace, shown_by: str, path: tuple[str, ...]) -> int:
    found = client(asked).send(path, _body(asked))
    if asked.json:
        say_json(found)
    elif "see" in found:
        talk(f"it is done and not shown yet; email-engine {shown_by} show {asked.address} tells it")
        return exits.UNKNOWN
    else:
        say(_said(found, asked.verb))
    return exits.OK


def _body(asked: Namespace) -> dict[str, Any]:
    """What was not said is left out: the API has the defaults."""
    given = vars(asked)
    plan = ("ladder", "stage_days", "active_per_day", "interpolation")
    names = ("tenant", "reason", "server_id", *plan)
    body = {name: given[name] for name in names if given.get(name) is not None}
    if given.get("caps"):
        body["caps"] = _numbers(asked.caps)
    return body


def _numbers(text: str) -> list[int]:
    try:
        return [int(one.strip().replace("_", "")) for one in text.split(",")]
    except ValueError as wrong:
        why = f"{text!r} is no table of caps; write it as 50,200,500"
        raise Failed(why, exits.USAGE) from wrong


def _said(ip: Row, verb: str) -> str:
    where = f"{ip['phase']} ({ip['reason']})" if ip["reason"] else ip["phase"]
    stage = f", stage {ip['stage']}" if ip["stage"] else ""
    waits = ip["warmup"]["waits_for"]
    said = f"{ip['address']} is {where}{stage}" + (f"; it waits for {waits[0]}" if waits else "")
    return f"{_server(ip['server'])}; {said}" if verb == "server" and ip["server"] else said


def _server(one: Row) -> str:
    return f"server {one['server_id']} of MailWizz {one['instance']} sends through it"
