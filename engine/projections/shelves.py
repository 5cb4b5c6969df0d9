"""A map of one entry for each address, of which a fold copies a small part."""

import zlib
from collections.abc import Iterator, Mapping
from typing import TypeVar

from engine.ids import IpAddr

V = TypeVar("V")
NUMBER = 256  # a fold copies one of them, and their list: both small, however large the fleet is


def of(ip: IpAddr) -> int:
    return zlib.crc32(ip.encode()) % NUMBER


def found(shelves: Mapping[int, Mapping[IpAddr, V]], ip: IpAddr) -> V | None:
    return shelves.get(of(ip), {}).get(ip)


def put(shelves: dict[int, dict[IpAddr, V]], ip: IpAddr, value: V) -> dict[int, dict[IpAddr, V]]:
    number = of(ip)
    return shelves | {number: shelves.get(number, {}) | {ip: value}}


def without(shelves: dict[int, dict[IpAddr, V]], ip: IpAddr) -> dict[int, dict[IpAddr, V]]:
    number = of(ip)
    kept = {other: one for other, one in shelves.get(number, {}).items() if other != ip}
    return shelves | {number: kept}


def every(shelves: Mapping[int, Mapping[IpAddr, V]]) -> Iterator[tuple[IpAddr, V]]:
    for shelf in shelves.values():
        yield from shelf.items()
