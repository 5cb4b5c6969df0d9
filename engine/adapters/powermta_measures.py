"""How much waits on a node, what errs there, and how the machine under it does.

The text table of ``show vmtas`` and the DOM form of queues are in the User's Guide (6.3); the DOM
keys of VMTAs are documented nowhere, so both forms are read.  What is not understood is not known,
and never a zero.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from engine.rules.redaction import fragment
from engine.values.node import Depth, Measures

SPOOL, LOG = "/var/spool/pmta", "/var/log/pmta"  # where nothing else is configured
_DOM = re.compile(r'^([A-Za-z0-9_.\[\]]+)="(.*)"\s*$', re.M)
_SHOWN = re.compile(r"^(\d+) of (\d+) virtual MTAs?\.", re.M | re.I)
_SPOOL = re.compile(r'^\s*<spool\s+"?([^">\s]+)', re.M | re.I)
_LOG = re.compile(r'^\s*log-file\s+"?([^"\s]+)', re.M | re.I)
_EVENT = re.compile(r"event\[\d+\]\.text")
_ERRS = re.compile(
    r"\berror\b|\bfailed\b|\bdisabled\b|^skip of mx|etimedout|econnrefused|ediscon|statusdns", re.I
)  # of the texts that were ever shown
_ERROR_KEYS = ("lastError", "error")


class Vmtas(NamedTuple):
    depths: dict[str, Depth]
    all: bool  # one that is not among them has nothing that waits


def measures(said: str) -> Measures:
    """From ``--dom show status``."""
    told = dict(_DOM.findall(said))
    return Measures(
        waiting=_int(told.get("status.queue.smtp.rcp")),
        kb=_float(told.get("status.queue.smtp.kb")),
        connections_in=_int(told.get("status.conn.smtpIn.cur")),
        connections_out=_int(told.get("status.conn.smtpOut.cur")),
    )


def vmtas(said: str, most: int) -> Vmtas | None:
    """From ``show vmtas``, which lists those with waiting mail; None: not understood."""
    rows = _rows(said, "vmta")
    if rows:
        return Vmtas({row["name"]: _depth(row) for row in rows if "name" in row}, len(rows) < most)
    shown = _SHOWN.search(said)
    if shown:
        depths = _table(said)
        whole = len(depths) == int(shown[1]) == int(shown[2])
        return Vmtas(depths, whole) if len(depths) == int(shown[1]) else None
    empty = re.search(r'^title="', said, re.M)  # the form for programs, with nothing in it
    return Vmtas({}, all=True) if empty else None


def _table(said: str) -> dict[str, Depth]:
    """Columns ``name domains #rcpt % total kbytes conn``, whichever of them are shown."""
    lines = [line.split() for line in said.replace("% total", "%total").splitlines()]
    head = next((at for at, line in enumerate(lines) if line[:1] == ["name"]), None)
    if head is None:
        return {}
    names = [word.strip("-") for word in lines[head]]
    rows = [dict(zip(names, line, strict=True)) for line in lines if len(line) == len(names)]
    keys = {"#rcpt": "rcp", "kbytes": "kb", "conn": "conn"}
    told = [{keys.get(name, name): cell for name, cell in row.items()} for row in rows]
    return {row["name"]: _depth(row) for row in told if row.get("rcp", "").isdigit()}


def erring(said: str) -> dict[str, Depth]:
    """From ``--dom show topqueues``: by VMTA, only what errs."""
    found: dict[str, Depth] = {}
    for row in _rows(said, "queue"):
        vmta = row.get("name", "").rpartition("/")[2]
        error = next((row[key] for key in _ERROR_KEYS if row.get(key)), "") or _last(row)
        slow = row.get("mode", "").lower() == "backoff"
        if vmta and (error or slow):
            was = found.get(vmta, Depth())
            found[vmta] = Depth(
                backing_off=was.backing_off + slow,
                failing=was.failing + bool(error),
                error=was.error or fragment(error),
            )
    return found


def together(depths: Mapping[str, Depth], errs: Mapping[str, Depth]) -> dict[str, Depth]:
    return {
        vmta: replace(
            depths.get(vmta, Depth()),
            backing_off=err.backing_off,
            failing=err.failing,
            error=err.error,
        )
        for vmta in depths.keys() | errs.keys()
        for err in [errs.get(vmta, Depth())]
    }


def places(config: str, directory: str) -> tuple[str, ...]:
    """Where PowerMTA writes: its spools, its log, and its configuration."""
    logs = [path.rpartition("/")[0] or "/" for path in _LOG.findall(config)] or [LOG]
    return tuple(dict.fromkeys([*(_SPOOL.findall(config) or [SPOOL]), *logs, directory]))


def disks(said: str) -> dict[str, int]:
    """Used per cent by mount point, from ``df -P`` (POSIX): the last column may hold blanks."""
    found = {}
    for line in said.splitlines():
        cells = line.split(None, 5)
        if len(cells) == 6 and re.fullmatch(r"\d{1,3}%", cells[4]):
            found[cells[5]] = int(cells[4][:-1])
    return found


def load(said: str) -> float | None:
    """The first number of Linux's ``/proc/loadavg`` (proc(5))."""
    return _float(said.split(None, 1)[0] if said.strip() else None)


def _last(row: Mapping[str, str]) -> str:
    """The text of an event of a queue that tells of an error; the names of their types are
    documented nowhere.
    """
    texts = (text for key, text in row.items() if _EVENT.fullmatch(key))
    return next((text for text in texts if _ERRS.search(text)), "")


def _rows(said: str, what: str) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for path, value in _DOM.findall(said):
        index, dot, key = path.partition("].")
        if dot and index.startswith(f"{what}["):
            rows.setdefault(index, {})[key] = value
    return list(rows.values())


def _depth(row: Mapping[str, str]) -> Depth:
    return Depth(
        waiting=_int(row.get("rcp")) or 0,
        kb=_float(row.get("kb")) or 0.0,
        connections=_int(row.get("conn")) or 0,
    )


def _int(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\d{1,15}", text) else None


def _float(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\d{1,15}(\.\d{1,6})?", text) else None
