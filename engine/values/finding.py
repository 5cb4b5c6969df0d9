"""What a check found, said so that a person can act on it."""

from typing import Literal

from msgspec import Struct

# error: mail suffers; warning: it may, or will; unknown: could not be told, and nothing follows.
Severity = Literal["error", "warning", "info", "unknown"]


class Finding(Struct, frozen=True, gc=False, omit_defaults=True):
    code: str  # stable, e.g. "spf.multiple"; programs go by it
    severity: Severity
    message: str  # one or two plain sentences: what is, and what follows from it
    ref: str = ""  # "RFC 7208 4.5"
    fix: str = ""  # what to do; where a record is to be published, the record written out
    subject: str = ""  # the selector, IP or host name it concerns, where there are several
