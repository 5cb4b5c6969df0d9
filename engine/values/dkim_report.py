"""What the DNS says of a domain's DKIM keys."""

from msgspec import Struct

from engine.values.finding import Finding
from engine.values.status import Status


class DkimSelector(Struct, frozen=True, kw_only=True, gc=False):
    """One selector's key; ``valid`` is None where the question was not answered."""

    selector: str
    valid: bool | None
    record: str | None = None  # as published; None: none, or several
    key: str | None = None  # "rsa" or "ed25519"; None: no readable key
    bits: int | None = None  # of an RSA key's modulus
    flags: tuple[str, ...] = ()
    matches_engine_key: bool | None = None  # None: nothing to compare
    aliases: tuple[str, ...] = ()  # CNAMEs on the way to it
    ttl: int | None = None  # seconds


class DkimReport(Struct, frozen=True, kw_only=True, gc=False):
    domain: str
    valid: bool | None
    status: Status
    selector: str | None = None  # the first valid one
    record: str | None = None  # its record
    selectors: tuple[DkimSelector, ...] = ()
    findings: tuple[Finding, ...] = ()
