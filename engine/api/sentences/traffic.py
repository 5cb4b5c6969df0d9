"""What accounting files were read, and what was counted."""

from typing import assert_never

from engine.api.sentences.words import because, names, several
from engine.events import Recorded
from engine.events.traffic import (
    FileRead,
    FilesLooked,
    RateSeen,
    StopLeaked,
    TrafficCounted,
    TrafficEvent,
)
from engine.values.traffic import Counts


def say(told: Recorded[TrafficEvent]) -> str:
    match told.event:
        case FileRead() as read:
            return _read(read)
        case FilesLooked(files=None, node=node, why=why):
            return f"the accounting files of {node} could not be read{because(why)}"
        case FilesLooked(node=node, files=files, behind=behind, removed=removed, packed=packed):
            more = f"; {behind:,} bytes wait" if behind else ""
            away = f"; removed, for they were counted long ago: {names(removed)}" if removed else ""
            left = f"; not read, for they are compressed: {names(packed)}" if packed else ""
            return f"{several(files or 0, 'accounting file')} on {node}{more}{away}{left}"
        case TrafficCounted() as counted:
            return _counted(counted)
        case StopLeaked(ip=ip, node=node, deliveries=number, first=first, last=last):
            dated = f"dated {first:%Y-%m-%d %H:%M:%S}Z to {last:%H:%M:%S}Z"
            went = several(number, "message")
            return f"{went} of {ip} went out on {node}, {dated}, although its queues were paused"
        case RateSeen() as rate:
            return _rate(rate)
        case _:
            assert_never(told.event)


_STANDS = {
    "ok": "is below {line:.2g} % again",
    "crossed": "is above {line:.2g} %, which so few may be by chance",
    "proved": "is above {line:.2g} %",
}


def _rate(rate: RateSeen) -> str:
    stands = _STANDS[rate.standing].format(line=100 * rate.threshold)
    return f"the {rate.signal} rate of {rate.ip} {stands}: {rate.count:,} of {rate.of:,}"


def _read(read: FileRead) -> str:
    out = read.deleted + read.unreadable
    left = f"; left out: {read.deleted:,} deleted by hand, {read.unreadable:,} unreadable"
    return (
        f"bytes {read.start:,} to {read.end:,} of {read.file} on {read.node} counted:"
        f" {several(read.rows, 'row')}{left if out else ''}"
    )


def _counted(counted: TrafficCounted) -> str:
    total = Counts()
    ips = set()
    for of_hour in counted.hours.values():
        for ip, providers in of_hour.items():
            ips.add(ip or "no address")
            total = sum(providers.values(), total)
    return (
        f"{names(sorted(ips))} on {counted.node}: {total.delivered:,} delivered,"
        f" {total.deferred:,} deferred, {total.bounced:,} bounced (hard {total.hard:,}, block"
        f" {total.block:,}, soft {total.soft:,}), {several(total.complaints, 'complaint')}"
    )
