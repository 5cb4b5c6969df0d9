"""What is asked about a domain: who sends for it, as what, and with which keys."""

from msgspec import Struct

from engine.ids import IpAddr


class DomainCheck(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Names are in lower case and A-labels, without the last dot; "" and nothing: not known."""

    domain: str  # in From
    ips: tuple[IpAddr, ...] = ()  # that send for it
    names: dict[IpAddr, str] = {}  # the VMTA's host name that each should have
    selectors: tuple[str, ...] = ()  # of DKIM
    keys: dict[str, str] = {}  # by selector: the public key the engine knows, in base64
    mail_from: str = ""  # the domain that bounces go to; "" = ``domain``
    helo: str = ""  # the name said in EHLO
    allow_reserved: bool = False  # private addresses are as good as others: demos and tests
