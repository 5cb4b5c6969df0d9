"""What the ``pmta`` command prints, and what of it may be believed.

Sources: PowerMTA 5.0 User's Guide, chapter 6.  Read liberally, for exit codes, streams and many
texts are documented nowhere; but success is only what says so.
"""

import ipaddress
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from engine.ids import IpAddr
from engine.values.vmta import Running

RELOADED = "Configuration reloaded."
PAUSED, RESUMED = "Queue(s) paused.", "Queue(s) resumed."
JOB_PAUSED, JOB_RESUMED = "paused job.", "resumed job."
_ERROR = re.compile(
    r"^[ \t]*(?:pmta: )?(?:[0-9-]+ [0-9:]+ )?(?:(?:parse|startup|fatal) )?errors?\b.*", re.I | re.M
)
_IN_FILE = re.compile(r"\berror in line \d+ of (\S+):", re.I)
_UNKNOWN = re.compile(
    r"\b(unknown|unrecogni[sz]ed|invalid|bad|no such)\b[^\n]{0,20}\bcommand\b|^usage:", re.I | re.M
)
_NO_QUEUE = re.compile(r"^(no|0( of \d+)?) (matching )?queues?\b|^no matching queue", re.I | re.M)
_NO_JOB = re.compile(r"\b(no (such|matching)|unknown) job\b|\bjob\b[^\n]{0,120}\bnot found\b", re.I)
_NO_VMTA = re.compile(
    r"virtual.?mta\b[^\n]*\b(not|no such|unknown|undefined|invalid)\b"
    r"|\b(no such|unknown|undefined|invalid)\b[^\n]*virtual.?mta",
    re.I,
)
_RATE = re.compile(r"(\d+)/(\d*)(d|day|h|hr|m|min|s|sec)", re.I | re.A)
_UNITS = {"day": "d", "hr": "h", "min": "m", "sec": "s"}
_DOM = re.compile(r'^([A-Za-z0-9_.\[\]]+)="(.*)"\s*$', re.M)
_TITLE = re.compile(r"^PowerMTA v(\S+) status on ", re.M)
_STARTED = re.compile(r"\bStarted\s+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_INCLUDE = re.compile(r'include\s+"?([^"\s]+)"?\s*', re.I)


class Queue(NamedTuple):
    name: str  # "domain/vmta"
    vmta: str
    paused: bool | None  # None: not said


class Status(NamedTuple):
    version: str
    started: str


def error(text: str) -> str:
    """The first line that tells of an error; "" if none does."""
    found = _ERROR.search(text)
    return found[0].strip() if found else ""


def file_of(line: str) -> str:
    """The file that an error line names; "" if it names none."""
    found = _IN_FILE.search(line)
    return found[1] if found else ""


def unknown_command(text: str) -> bool:
    """4.5 knows no ``test config``."""
    return bool(_UNKNOWN.search(text)) and not _IN_FILE.search(text)


def says(text: str, line: str) -> bool:
    """``line`` stands there as a line of its own, and no line tells of an error."""
    return line in (one.strip() for one in text.splitlines()) and not error(text)


def nothing_matched(text: str) -> bool:
    """A pause that found no queue is none that failed."""
    return bool(_NO_QUEUE.search(text)) and not error(text)


def no_such_job(text: str) -> bool:
    """Nothing of it waits, so nothing of it goes out."""
    return bool(_NO_JOB.search(text)) and not _UNKNOWN.search(text)


def no_such_vmta(text: str) -> bool:
    return bool(_NO_VMTA.search(text))


def running(vmta: str, text: str) -> Running | None:
    """From ``show vmta-settings``; None if it shows no source host."""
    hosts = list(_hosts(text))
    if not hosts:
        return None
    ips, names = zip(*hosts, strict=True)  # several, which is never ours, equal nothing we expect
    return Running(vmta, IpAddr(",".join(ips)), ",".join(names), _rate(text))


def _hosts(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        words = line.replace("|", " ").split()
        if words[:1] == ["smtp-source-host"]:
            del words[0]
        if len(words) == 2:
            try:
                yield ipaddress.ip_address(words[0]).compressed, words[1].lower().rstrip(".")
            except ValueError:
                continue


def _rate(text: str) -> str:
    """As Running has it: "50/d"; "" for no limit."""
    found = re.search(r"^\s*max-smtp-msg-rate[\s=|]+\"?([^\"\s]+)", text, re.M | re.I)
    parts = _RATE.fullmatch(found[1]) if found else None
    if not parts:
        return "" if not found or found[1] in ("unlimited", "0") else found[1]
    unit = parts[3].lower()
    many = "" if parts[2] in ("", "1") else parts[2]
    return f"{int(parts[1])}/{many}{_UNITS.get(unit, unit)}"


def queues(text: str) -> list[Queue]:
    """From ``--dom show queues``; quotes inside a value are not escaped there."""
    rows: dict[str, dict[str, str]] = {}
    for path, value in _DOM.findall(text):
        index, _, key = path.partition("].")
        if index.startswith("queue[") and key:
            rows.setdefault(index, {})[key] = value
    return [_queue(row) for row in rows.values() if "/" in row.get("name", "")]


def _queue(row: dict[str, str]) -> Queue:
    paused = row.get("paused", "").lower()
    said = None if not paused else paused in ("yes", "true", "1")
    return Queue(row["name"], row["name"].rpartition("/")[2], said)


def status(text: str) -> Status | None:
    """From ``show status``, DOM or text; None: not understood, or not running."""
    told = dict(_DOM.findall(text))
    if told.get("status.status") == "running":
        number, started = told.get("mta.product.version"), told.get("status.startupTime")
        return Status(number, started) if number and started else None
    title, began = _TITLE.search(text), _STARTED.search(text)
    if title and began and re.search(r"\bStatus\s+running\b", text):
        return Status(title[1], began[1])
    return None


def includes(config: str, path: str, directory: str) -> bool:
    """Whether the operator's file includes ``path``, by name or wildcard, outside of every tag."""
    depth = 0
    for line in config.splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("<"):
            depth += -1 if text.startswith("</") else 1
        found = _INCLUDE.fullmatch(text)
        if found and depth == 0 and _matches(path, found[1], directory):
            return True
    return False


def _matches(path: str, pattern: str, directory: str) -> bool:
    """Segment by segment: no wildcard reaches over a slash."""
    whole = pattern if pattern.startswith("/") else f"{directory}/{pattern}"
    ours, theirs = path.split("/"), whole.split("/")
    return len(ours) == len(theirs) and all(map(fnmatchcase, ours, theirs))


def vmtas(config: bytes) -> list[str]:
    """Names of the VMTAs that one of our files defines."""
    return re.findall(r"^<virtual-mta (\S+)>$", config.decode(errors="replace"), re.M)
