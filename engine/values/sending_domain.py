"""What a tenant says of a domain that it sends from, and what was seen beside its DNS."""

from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr, NodeId
from engine.values.domain_listing import DomainListing

PartName = Literal["spf", "dkim", "dmarc", "ptr", "mx"]
PARTS: tuple[PartName, ...] = ("spf", "dkim", "dmarc", "ptr", "mx")

DEFAULT_SELECTOR = "default"


class Setup(Struct, frozen=True, kw_only=True, gc=False):
    """Names are in lower case and A-labels, without the last dot."""

    selectors: tuple[str, ...] = (DEFAULT_SELECTOR,)  # of DKIM
    dkim_keys: dict[str, str] = {}  # selector -> where its private key lies on the nodes
    mail_from: str = ""  # the domain that bounces go to; "" = the domain itself
    helo: str = ""  # the name said in EHLO; "" = each address says its VMTA's
    purposes: tuple[str, ...] = ()  # the pools that send for it; (): all of the tenant's


class DeployedKey(Struct, frozen=True, kw_only=True, gc=False):
    """The public part of a key that lies on a node; the private one never leaves it."""

    node: NodeId
    selector: str
    key: str = ""  # base64 of its SubjectPublicKeyInfo; "" = not read
    why: str = ""  # not read
    silent: bool = False  # the node did not answer; else it said no


class Greeting(Struct, frozen=True, kw_only=True, gc=False):
    """What a node's SMTP server says its name is."""

    node: NodeId
    ips: tuple[IpAddr, ...]  # of the domain, that send from this node
    name: str = ""  # "" = nobody said
    why: str = ""


class Beside(Struct, frozen=True, kw_only=True, gc=False):
    """What a look saw beside the DNS."""

    keys: tuple[DeployedKey, ...] = ()
    greetings: tuple[Greeting, ...] = ()
    lists: tuple[DomainListing, ...] = ()  # of domains; () = none is switched on
