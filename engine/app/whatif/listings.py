"""A listing that is to happen: "192.0.2.1@week3", "192.0.2.1@day12+5d@psbl.surriel.com"."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.api.meant import meant
from engine.ids import IpAddr, Zone, parse_ip
from engine.rules.dnsbl_catalogue import DEFAULT, ZEN

LASTS = 3  # days, where nothing is said
NAMED_MAX = 8  # addresses, where what was meant cannot be guessed
_TEXT = re.compile(
    r"(?P<ip>[^@]+)@(?P<unit>week|day)(?P<number>\d{1,4})(\+(?P<lasts>\d{1,4})d)?(@(?P<zone>\S+))?"
)


class Listed(NamedTuple):
    ip: IpAddr
    day: int  # the first on which the list names it, counted from 1
    lasts: int = LASTS  # days
    zone: Zone = ZEN

    def stands(self, at: datetime, start: datetime) -> bool:
        first = start + timedelta(days=self.day - 1)
        return first <= at < first + timedelta(days=self.lasts)


def parse(text: str) -> Listed:
    """Raises ValueError that says how it is written."""
    found = _TEXT.fullmatch(text)
    if not found or not int(found["number"]):
        raise ValueError(
            f"{text!r} is no listing; write ADDRESS@week3 or ADDRESS@day12, then +5d for how long"
            f" it lasts ({LASTS} days) and @ZONE for the list ({ZEN})"
        )
    number, lasts = int(found["number"]), int(found["lasts"] or LASTS)
    if not lasts:
        raise ValueError(f"{text!r}: a listing lasts at least a day")
    zone = Zone(found["zone"] or ZEN)
    if zone not in DEFAULT:
        raise ValueError(f"{text!r}: no list {zone!r} is watched{meant(zone, tuple(DEFAULT))}")
    day = 7 * (number - 1) + 1 if found["unit"] == "week" else number
    return Listed(parse_ip(found["ip"]), day, lasts, zone)


def check(one: Listed, ips: Collection[IpAddr], days: int) -> None:
    """Raises ValueError for what would be listed in vain."""
    if one.ip not in ips:
        near = meant(one.ip, [*ips][:NAMED_MAX])
        raise ValueError(f"{one.ip} is to be listed, and is not in the fleet{near}")
    if one.day > days:
        raise ValueError(
            f"{one.ip} is to be listed on day {one.day}, and the simulation ends with day {days}"
        )
