"""Asking DNS."""

from typing import Protocol

from engine.ids import IpAddr
from engine.values.dns import DnsAnswer, Question


class Resolver(Protocol):
    @property
    def name(self) -> str:
        """Who is asked, for people: "127.0.0.1:53", or the file that says it."""

    async def lookup(self, question: Question) -> DnsAnswer:
        """Whatever came of it: a failure is an outcome too, and nothing is raised for it."""

    async def a(self, name: str) -> tuple[str, ...]:
        """IPv4 addresses of ``name``, sorted; () if there is none; raises DnsFailure."""

    async def aaaa(self, name: str) -> tuple[str, ...]:
        """IPv6 addresses of ``name``, sorted; () if there is none; raises DnsFailure."""

    async def ptr(self, ip: IpAddr) -> tuple[str, ...]:
        """Names of ``ip``, lower case, without the last dot; () if none; raises DnsFailure."""


class DnsFailure(Exception):
    """The question was not answered."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused  # the server said REFUSED; else silence or SERVFAIL
