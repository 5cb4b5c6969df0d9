"""What the stand-in prints, in the shapes of the User's Guide's samples.

JSON and XML of queues are undocumented; they follow the keys of the DOM form.
"""

import json
from collections.abc import Iterator
from html import escape  # urllib, which xml.sax brings along, would double the start of a command

VERSION = "5.0r5"
BUILD = "2020-07-14 10:11:12"
Queues = list[dict[str, object]]


def version(number: str) -> str:
    return f"PowerMTA v{number} ({BUILD}, 64-bit; v{number}@200714.ba26ec5).\n"


def status(form: str, now: str, started: str, number: str, waiting: int) -> str:
    tree = _tree(now, started, number, waiting)
    if form == "text":
        return _status_text(now, started, number, waiting)
    return shaped(form, tree)


def shaped(form: str, tree: object) -> str:
    """One tree in the three forms for programs; ``form`` is not "text"."""
    if form == "json":
        return json.dumps({"data": tree, "status": "success", "message": ""}) + "\n"
    if form == "xml":
        return f"<rsp><data>{_xml(tree)}</data><succ/></rsp>\n"
    return "".join(f'{path}="{value}"\n' for path, value in _dom(tree, ""))


def queues(form: str, found: Queues, shown: int) -> str:
    """The DOM form does not escape quotes inside a value, as the real one does not."""
    if form != "text":
        total = sum(int(str(one["rcp"])) for one in found)
        tree = {
            "title": f"Top {shown} queues by number of recipients",
            "queue": found[:shown],
            "totalRcp": total,
            "totalQueuesWithRcp": sum(1 for one in found if one["rcp"]),
        }
        return shaped(form, tree)
    wide = max([15, *(len(str(one["name"])) for one in found[:shown])])
    lines = [
        f"{'queue':<{wide}} #rcpt kbytes conn st    retry last error",
        f"{'-' * wide} ----- ------ ---- -- -------- ----------",
        *(
            f"{one['name']:<{wide}} {one['rcp']:>5} {one['kb']:>6} {one['conn']:>4}"
            f" {'P' if one['paused'] == 'yes' else ' '}"
            for one in found[:shown]
        ),
    ]
    total = len(found)
    return "\n".join([*lines, "", f"{min(shown, total)} of {total} matching queues.", ""])


def vmtas(form: str, rows: dict[str, int], most: int) -> str:
    total, count = sum(rows.values()) or 1, len(rows)
    rows = dict(sorted(rows.items(), key=lambda row: -row[1])[:most])
    if form != "text":
        found = [
            {"name": name, "rcp": rcpt, "kb": 0.1, "conn": 0, "dom": 1}
            for name, rcpt in rows.items()
        ]
        return shaped(form, {"title": "Virtual MTAs", "vmta": found})
    lines = [
        f"{name:<20} {1:>7} {rcpt:>5} {100 * rcpt // total:>7} {0.1:>6} {0:>4}"
        for name, rcpt in rows.items()
    ]
    head = ["name                 domains #rcpt % total kbytes conn", "-" * 53]
    return "\n".join([*head, *lines, "", f"{len(rows)} of {count} virtual MTAs.", ""])


def vmta_settings(vmta: dict[str, object]) -> str:
    """Lines ``name value``, then the tables of source hosts and domain keys."""
    settings, hosts, keys = vmta["settings"], vmta["hosts"], vmta["keys"]
    assert isinstance(settings, dict)
    assert isinstance(hosts, list)
    assert isinstance(keys, list)
    shown = {"max-smtp-msg-rate": "unlimited", "max-smtp-out": "unlimited", **settings}
    return "\n".join(
        [
            *(f"{name} {value}" for name, value in sorted(shown.items())),
            "",
            "Source Host IP                          | Source Host",
            "----------------------------------------|------------",
            *(f"{ip:<39} | {name}" for ip, name in hosts),
            "",
            "Domain Key selector | domain | source",
            "--------------------|--------|-------",
            *(" | ".join(key) for key in keys),
            "",
        ]
    )


def settings(vmta: dict[str, object] | None) -> str:
    """Of one queue; only what the stand-in knows of the guide's 73 lines."""
    own = vmta["settings"] if vmta else {}
    assert isinstance(own, dict)
    rate = own.get("max-smtp-msg-rate", "unlimited")
    return (
        f"Virtual MTA Settings\n--------------------\nmax-smtp-msg-rate {rate}\n"
        "max-smtp-out unlimited\n\nQueue Settings\n--------------\ntype smtp\n"
        'backoff-notify ""\nbounce-after 4d12h\nmax-msg-rate unlimited\nmax-smtp-out 20\n'
        "retry-after 10m\n"
    )


def _tree(now: str, started: str, number: str, waiting: int) -> dict[str, object]:
    return {
        "mta": _about(number),
        "status": {
            "timeNow": now,
            "startupTime": started,
            "shuttingDown": False,
            "traffic": _no_traffic(),
            "conn": {
                "smtpIn": {"cur": 0, "max": 100, "top": 1},
                "smtpOut": {"cur": 0, "max": 1200, "top": 1},
            },
            "resolver": {"namesCached": 0, "queriesPending": 0, "queriesActive": 0},
            "queue": _in_queues(waiting),
            "spool": {
                "initPct": 100,
                "dirs": 1,
                "files": {"inUse": 0, "recycled": 0, "total": 0},
                "totalRcp": waiting,
                "maxRcp": 1000000,
            },
            "status": "running",
        },
    }


def _about(number: str) -> dict[str, object]:
    return {
        "product": {
            "name": "PowerMTA",
            "version": number,
            "buildDate": BUILD,
            "revision": f"v{number}@200714.ba26ec5",
            "bits": 64,
        },
        "lak": {"serial": "000000", "instances": 1},
        "os": {"name": "Linux", "version": "6.1", "build": "a stand-in, not PowerMTA"},
        "cpu": {"type": "x86_64", "count": 2},
        "ram": {"real": 4000000},
        "fullHostName": "stand-in.example",
        "userString": "",
        "hostId": 0,
    }


def _no_traffic() -> dict[str, object]:
    way = {"rcp": 0, "msg": 0, "kb": 0.0}
    period = {"out": way, "in": way, "bounceProcessed": 0, "feedbackLoopProcessed": 0}
    spans = ("total", "lastHr", "lastMin", "topPerHr", "topPerMin")
    perf = {"count": 0, "mailFromTime": 0, "dataTime": 0, "totalTime": 0}
    return {**dict.fromkeys(spans, period), "perf": {"lastMin": {"in": perf}}}


def _in_queues(waiting: int) -> dict[str, object]:
    quiet = {"rcp": 0, "dom": 0, "kb": 0.0}
    kinds = ("pipe", "discard", "file", "alias", "bounceProcessor", "feedbackLoopProcessor")
    return {"smtp": {"rcp": waiting, "dom": 1, "kb": 0.1}, **dict.fromkeys(kinds, quiet)}


def _status_text(now: str, started: str, number: str, waiting: int) -> str:
    rows = ("Total", "Last Hour", "Top/Hour", "Last Min.", "Top/Min.")
    return "\n".join(
        [
            f"PowerMTA v{number} status on stand-in.example on {now}",
            "",
            "  Traffic    ------------inbound------------  ------------outbound-----------",
            "                 rcpts      msgs      kbytes      rcpts      msgs      kbytes",
            *(
                f"{row:>11}          0         0         0.0          0         0         0.0"
                for row in rows
            ),
            "",
            " Connections    active       top     maximum  Domain       cached     pending",
            "    Inbound          0         1         100  Names           0           0",
            "   Outbound          0         1        1200",
            "",
            "     Queues      rcpts   domains      kbytes  Spool        in use    recycled",
            f"       SMTP {waiting:>10}         1         0.1  Files           0           0",
            "      other          0         0         0.0  Init.                complete",
            "",
            f"     Status    running    Started  {started}    Uptime   0  0:00:01",
            "",
        ]
    )


def _dom(tree: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from _dom(below, f"{path}.{name}" if path else name)
    elif isinstance(tree, list):
        for n, below in enumerate(tree):
            yield from _dom(below, f"{path}[{n}]")
    else:
        yield path, str(int(tree)) if isinstance(tree, bool) else str(tree)


def _xml(tree: object) -> str:
    if not isinstance(tree, dict):
        return escape(str(int(tree)) if isinstance(tree, bool) else str(tree))
    parts = []
    for name, below in tree.items():
        for one in below if isinstance(below, list) else [below]:
            parts.append(f"<{name}>{_xml(one)}</{name}>")
    return "".join(parts)
