"""The records that a domain needs before it sends."""

from msgspec import Struct

from engine.values.zone_record import ZoneRecord


class Proposal(Struct, frozen=True, gc=False):
    domain: str
    records: tuple[ZoneRecord, ...]
    missing: tuple[str, ...]  # what could not be written, and what to say so that it can
