"""The DMARC policy record (RFC 9989 4.7, 4.8).

What is off the grammar is passed over and the rest counts: a record has faults beside its values.
"""

import re
from typing import Literal, get_args

from msgspec import Struct

from engine.rules.dmarc.uri import ReportUri, parse_uris
from engine.rules.dmarc.uri import text_of as uri_text
from engine.values.dmarc_report import DmarcEffective, Policy

Mode = Literal["r", "s"]
Psd = Literal["y", "n", "u"]

# The first tag, and its value in capitals; anything else is no DMARC record at all.
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")
_LIKE = re.compile(
    r"[\"'\s\ufeff]*v\s*=\s*[\"']?dmarc|.*\bv\s?=\s?dmarc1|p\s?=\s?(?:none|quarantine|reject)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x3a\x3c-\x7e]+")
_POLICIES: dict[str, Policy] = {one: one for one in get_args(Policy)}
_OPTIONS = re.compile(r"[01ds](?::[01ds])*")
OBSOLETE = ("pct", "rf", "ri")  # RFC 9989 9.3


class Fault(Struct, frozen=True):
    kind: Literal["syntax", "twice", "policy", "value", "uri"]
    text: str


class Record(Struct, frozen=True, kw_only=True):
    """A tag that is not there, or wrong, holds its default."""

    p: Policy | None = None
    sp: Policy | None = None
    np: Policy | None = None
    t: bool = False
    psd: Psd = "u"
    adkim: Mode = "r"
    aspf: Mode = "r"
    rua: tuple[ReportUri, ...] = ()
    ruf: tuple[ReportUri, ...] = ()
    fo: tuple[str, ...] = ()
    obsolete: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()  # the names of all tags after v=, in their order
    faults: tuple[Fault, ...] = ()


def is_record(text: str) -> bool:
    return _VERSION.match(text) is not None


def is_meant(text: str) -> bool:
    """It is none, and whoever wrote it thinks it is one."""
    return not is_record(text) and _LIKE.match(text) is not None


def parse(text: str) -> Record:
    """Of a text that ``is_record``."""
    pairs, faults = _pairs(text)
    tags: dict[str, str] = {}
    for name, value in pairs:
        if name in tags:
            faults.append(Fault("twice", f"{name}= is there more than once"))
        tags.setdefault(name, value)
    p, sp, np = (_policy(name, tags, faults) for name in ("p", "sp", "np"))
    return Record(
        p=p,
        sp=sp,
        np=np,
        t=_one("t", tags, ("n", "y"), faults) == "y",
        psd=_psd(tags, faults),
        adkim="s" if _one("adkim", tags, ("r", "s"), faults) == "s" else "r",
        aspf="s" if _one("aspf", tags, ("r", "s"), faults) == "s" else "r",
        rua=_uris("rua", tags, faults),
        ruf=_uris("ruf", tags, faults),
        fo=_options(tags, faults),
        obsolete=tuple((name, tags[name]) for name in OBSOLETE if name in tags),
        tags=tuple(tags),
        faults=tuple(dict.fromkeys(faults)),
    )


def text_of(record: Record) -> str:
    pairs = [
        ("p", record.p),
        ("sp", record.sp),
        ("np", record.np),
        ("t", "y" if record.t else ""),
        ("psd", record.psd if record.psd != "u" else ""),
        ("adkim", record.adkim if record.adkim != "r" else ""),
        ("aspf", record.aspf if record.aspf != "r" else ""),
        ("rua", ",".join(map(uri_text, record.rua))),
        ("ruf", ",".join(map(uri_text, record.ruf))),
        ("fo", ":".join(record.fo)),
        *record.obsolete,
    ]
    return "; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in pairs if value)])


def effective(record: Record) -> DmarcEffective | None:
    """None: receivers do as if there were no record (RFC 9989 4.10.1)."""
    if record.p is not None and not any(fault.kind == "policy" for fault in record.faults):
        sp = record.sp or record.p
        return DmarcEffective(record.p, sp, record.np or sp, record.t)
    return DmarcEffective("none", "none", "none", record.t) if record.rua else None


def _pairs(text: str) -> tuple[list[tuple[str, str]], list[Fault]]:
    specs = [spec.strip(" \t") for spec in text.split(";")[1:]]
    if specs and not specs[-1]:
        specs.pop()
    pairs, faults = [], []
    for spec in specs:
        name, equals, value = (part.strip(" \t") for part in spec.partition("="))
        if not equals or not _NAME.fullmatch(name):
            faults.append(Fault("syntax", f"{spec[:40]!r} is no tag" if spec else "a tag is empty"))
        elif value and not _VALUE.fullmatch(value):
            faults.append(Fault("syntax", f"{name}= holds a character that may not be there"))
        else:
            pairs.append((name.lower(), value))
    return pairs, faults


def _policy(name: str, tags: dict[str, str], faults: list[Fault]) -> Policy | None:
    if name not in tags:
        return None
    policy = _POLICIES.get(tags[name].lower())
    if policy is None:
        why = f"{name}={tags[name][:40]} is not none, quarantine or reject"
        faults.append(Fault("policy", why))
    return policy


def _one(name: str, tags: dict[str, str], allowed: tuple[str, ...], faults: list[Fault]) -> str:
    value = tags.get(name, allowed[0]).lower()
    if value in allowed:
        return value
    faults.append(Fault("value", f"{name}={value[:40]} is none of {', '.join(allowed)}"))
    return allowed[0]


def _psd(tags: dict[str, str], faults: list[Fault]) -> Psd:
    value = _one("psd", tags, ("u", "y", "n"), faults)
    return "y" if value == "y" else "n" if value == "n" else "u"


def _uris(name: str, tags: dict[str, str], faults: list[Fault]) -> tuple[ReportUri, ...]:
    if name not in tags:
        return ()
    found, wrong = parse_uris(tags[name])
    faults += [Fault("uri", f"{name}=: {why}") for why in wrong]
    return found


def _options(tags: dict[str, str], faults: list[Fault]) -> tuple[str, ...]:
    if "fo" not in tags:
        return ()
    value = tags["fo"].lower().replace(" ", "").replace("\t", "")
    found = tuple(value.split(":"))
    if _OPTIONS.fullmatch(value) and len(set(found)) == len(found) and {"0", "1"} - set(found):
        return found
    faults.append(Fault("value", f"fo={value[:40]} is no list of 0 or 1, d and s"))
    return ()
