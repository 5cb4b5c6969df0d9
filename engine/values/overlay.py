"""What a tenant chose for its VirtualMTAs, laid over what the engine wants of them."""

from typing import Literal

from msgspec import Struct

from engine.ids import IpAddr
from engine.values.patterns import PatternList


class Quota(Struct, frozen=True, gc=False):
    messages: int  # at least 1
    per: Literal["day", "hour"]

    def __post_init__(self) -> None:
        if self.messages < 1:
            raise ValueError("a quota is at least 1; to stop an address, leave its VMTA out")

    @property
    def a_day(self) -> int:
        return self.messages if self.per == "day" else self.messages * 24


class Key(Struct, frozen=True, gc=False):
    """Of DKIM; the private part lies on the node and nowhere else."""

    selector: str
    domain: str
    path: str


class Cold(Struct, frozen=True, gc=False):
    """A younger address that takes the first messages of a day from this one."""

    ip: IpAddr  # of the same tenant, on the same node
    counts: dict[str, int]  # messages a day, at least 1, by pattern of a provider's domains


class Chosen(Struct, frozen=True, gc=False, omit_defaults=True):
    """For one address.  What is empty stays as the engine has it."""

    name: str = ""  # given by people; injectors may name it as <slug>--<name>
    hostname: str = ""
    quota: Quota | None = None  # the lower of it and the engine's cap holds
    key: Key | None = None
    limits: dict[str, dict[str, str]] = {}  # by pattern of domains: directive and value
    cold: Cold | None = None
    patterns: dict[str, PatternList] = {}  # of replies, by pattern of domains
