"""Values by type, as the User's Guide 5.0 writes them: what is wrong with one, in a few words."""

import ipaddress
import re
from collections.abc import Callable

from engine.rules.pmta_config.tree import first_word

BOOLS = {"yes", "no", "true", "false"}
# Sizes may be in either case, times are only ever written in this one.
_UNIT = "(?:d|day|h|hr|m|min|s|sec)"
RATE = re.compile(rf"unlimited|0|[1-9][0-9]*/([1-9][0-9]*)?{_UNIT}")
_DATA_RATE = re.compile(rf"unlimited|0|[1-9][0-9]*[bBkKmMgGtT]?/([1-9][0-9]*)?{_UNIT}")
_DAILY = re.compile(r"[0-9]+/(?:d|day)")  # 0/d is its default
ZERO_RATE = re.compile(rf"0+/[0-9]*{_UNIT}")
_SIZE = re.compile(r"[0-9]+[bkmgt]?", re.I | re.A)
_INTERVAL = re.compile(r"(?=[0-9])(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?")
_INTEGER = re.compile(r"[0-9]{1,18}")
_EMAIL = re.compile(r"[^\s@,]+@[^\s@,]+")
_LABELS = r"(?:[^\s.,*/@\[\]{}<>\"$]+\.)*[^\s.,*/@\[\]{}<>\"$]+"
HOST = re.compile(rf"{_LABELS}\.?")
# "$name" is a domain-macro, alone or after a label.
_DOMAIN = re.compile(
    rf"\*|(?:\*\.|\[\*\.\])?{_LABELS}|\[[0-9A-Fa-f.:]+(?:/[0-9]+)?\]"
    rf"|(?:\*\.|\[\*\.\])?(?:{_LABELS}\.)?\$[A-Za-z0-9_]+|\{{[A-Za-z-]+\}}"
)
_KEY = re.compile(r"[A-Za-z0-9_]{32,128}")
_MACRO = re.compile(r"[A-Za-z0-9_]+")
# Each has a short and a long name; real files write both.
_RECORD = re.compile(
    r"d|b|t|tq|r|rb|rs|f|delivery|bounce|transient|transient-queue|receipt|remote-bounce"
    r"|remote-status|feedback-loop"
)
_ACCESS = {"monitor", "monitor,deny-logs", "operator", "admin", "none"}
INTERVALS_MAX = 30


def cidr(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Short forms are legal: ``0/0``, ``10/8``, ``173.194/16``.  None if it is no network."""
    address, slash, length = text.partition("/")
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}", address) and slash:
        address += ".0" * (3 - address.count("."))
    elif "%" in text:
        return None
    try:
        return ipaddress.ip_network(f"{address}{slash}{length}", strict=False)
    except ValueError:
        return None


def _matching(pattern: re.Pattern[str], wanted: str) -> Callable[[str], str]:
    return lambda value: "" if pattern.fullmatch(value) else wanted


def _bool(value: str) -> str:
    return "" if value.lower() in BOOLS else "yes or no"


def _integer(value: str) -> str:
    """``unlimited`` is the default of some, and whether it may be written no guide says."""
    return "" if _INTEGER.fullmatch(value) or value == "unlimited" else "a whole number"


def is_interval(value: str) -> bool:
    return bool(_INTERVAL.fullmatch(value))


def _interval(value: str) -> str:
    return "" if is_interval(value) else "a time such as 4d12h or 300s"


def _intervals(value: str) -> str:
    parts = [part.strip() for part in value.split(",")]
    if len(parts) > INTERVALS_MAX:
        return f"at most {INTERVALS_MAX} times"
    return "" if all(map(is_interval, parts)) else "times with commas between them: 10m,20m,1h"


def _never(value: str) -> str:
    return "" if value == "never" or is_interval(value) else "a time such as 6h, or never"


def _bool_or_interval(value: str) -> str:
    return "" if value.lower() in BOOLS or not _never(value) else "yes, no, a time, or never"


def _daily(value: str) -> str:
    return _every(_DAILY, value, "numbers a day, such as 50/d,100/d")


def _emails(value: str) -> str:
    return _every(_EMAIL, value, "addresses with commas between them")


def _every(pattern: re.Pattern[str], value: str, wanted: str) -> str:
    ok = all(pattern.fullmatch(part.strip()) for part in value.split(","))
    return "" if ok else wanted


def _after_cidr(rest: Callable[[str], str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        words = value.split()
        if len(words) != 2 or not cidr(words[0]):
            return f"an address or network, then {rest('?')}"
        return rest(words[1])

    return check


def _listener(value: str) -> str:
    words = value.split()
    place, _, port = words[0].rpartition(":") if words else ("", "", "")
    ok = (
        cidr(place.strip("[]")) is not None
        and re.fullmatch(r"[0-9]{1,5}", port)
        and len(words) <= 2
        and all(re.fullmatch(r"source=\S+", word) for word in words[1:])
    )
    return "" if ok else "ADDRESS:PORT, and perhaps source=NAME"


def _macro(value: str) -> str:
    name, names = first_word(value)
    ok = _MACRO.fullmatch(name) and all(part.strip() for part in names.split(","))
    return "" if ok else "a name of letters, digits and _, then domains with commas between them"


def _access(value: str) -> str:
    words = value.split(None, 1)
    ok = len(words) == 2 and cidr(words[0]) and "".join(words[1].split()) in _ACCESS
    return "" if ok else "a network, then monitor, operator, admin or none"


def _mx_limit(value: str) -> str:
    words = value.split()
    ok = len(words) == 2 and not _integer(words[1])
    return "" if ok else "a name of a mail exchanger, then a number"


def _words(number: int, wanted: str) -> Callable[[str], str]:
    return lambda value: "" if len(value.split()) == number else wanted


def _rollup(value: str) -> str:
    words = value.split()
    ok = len(words) in (2, 3) and words[1].endswith(".rollup")
    return "" if ok and words[2:] in ([], ["rollup-by-ip"]) else "MX QUEUE.rollup [rollup-by-ip]"


_RATES = _matching(RATE, "a rate such as 100/h, or unlimited")
_DATA_RATES = _matching(_DATA_RATE, "an amount per time such as 6g/10h, or unlimited")
CHECKS: dict[str, Callable[[str], str]] = {
    "BOOL": _bool,
    "INT": _integer,
    "INT-OR-AUTO": lambda value: "" if value == "auto" else _integer(value),
    "INTERVAL": _interval,
    "INTERVAL-LIST": _intervals,
    "INTERVAL-OR-NEVER": _never,
    "BOOL-OR-INTERVAL": _bool_or_interval,
    "RATE": _RATES,
    "DATA-RATE": _DATA_RATES,
    "CIDR-RATE": _after_cidr(_RATES),
    "CIDR-DATA-RATE": _after_cidr(_DATA_RATES),
    "CIDR-INT": _after_cidr(_integer),
    "DAILY-LIST": _daily,
    "SIZE": _matching(_SIZE, "a size such as 50M"),
    "SIZE-OR-UNLIMITED": lambda value: (
        "" if value == "unlimited" or _SIZE.fullmatch(value) else "a size such as 40K, or unlimited"
    ),
    "ENUM-DAYS": _matching(re.compile(r"[0-9]+d|never"), "days such as 8d, or never"),
    "EMAIL-LIST": _emails,
    "DOMAIN": _matching(_DOMAIN, "one domain: name, *.name, [*.]name or $macro"),
    "NAME": _words(1, "one name"),
    "TWO-WORDS": _words(2, "two words"),
    "LISTENER": _listener,
    "MACRO": _macro,
    "HTTP-ACCESS": _access,
    "MX-INT": _mx_limit,
    "RECORDS": lambda value: _every(_RECORD, value, "types of records: d,b,t,tq,r,rb,rs,f"),
    "MX-ROLLUP": _rollup,
}


def wanted(kind: str, value: str) -> str:
    """ "" if ``value``, without quotes, is of that type; else what should stand there."""
    if kind.startswith("ENUM "):
        choices = kind.split()[1:]
        known = BOOLS.union(choices) if "yes" in choices else choices
        return "" if value.lower() in known else f"one of {', '.join(choices)}"
    check = CHECKS.get(kind)
    return check(value) if check else ""


def is_key(value: str) -> bool:
    """An API key."""
    return bool(_KEY.fullmatch(value))


def is_domain(value: str) -> bool:
    return bool(_DOMAIN.fullmatch(value))
