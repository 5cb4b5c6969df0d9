"""Whether a mailbox provider would take bulk mail of a domain."""

from msgspec import Struct


class Readiness(Struct, frozen=True, kw_only=True, gc=False):
    ok: bool | None  # None: could not be told
    missing: tuple[str, ...] = ()  # codes of the findings that stand against it
    unknown: tuple[str, ...] = ()  # codes of what could not be told
    beyond_dns: tuple[str, ...] = ()  # what it asks for that no DNS shows
