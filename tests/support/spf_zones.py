"""Zones as the suite of RFC 7208 writes them, and the answers that they give."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.values.dns import DnsAnswer, Question

ZoneData = Mapping[str, Sequence[Any]]  # name -> [{"A": "192.0.2.1"}, …, "TIMEOUT"]
ALIASES_MAX = 8


class SpfZones:
    """Answers to what it holds; "TIMEOUT" is for every type that a name does not hold itself."""

    def __init__(self, data: ZoneData) -> None:
        self.names = {_plain(name): _records(entries) for name, entries in data.items()}
        self.silent = {_plain(name) for name, entries in data.items() if "TIMEOUT" in entries}
        self.asked: list[Question] = []

    def answer(self, question: Question) -> DnsAnswer:
        self.asked.append(question)
        name, aliases = question.name, list[str]()
        while len(aliases) < ALIASES_MAX:
            found = self.names.get(name)
            if found is None:
                return DnsAnswer("nxdomain", aliases=tuple(aliases))
            texts = tuple(sorted(text for kind, text in found if kind == question.type))
            if texts:
                return DnsAnswer("ok", texts, 300, tuple(aliases))
            if name in self.silent:
                return DnsAnswer("timeout")
            alias = next((text for kind, text in found if kind == "CNAME"), None)
            if alias is None:
                return DnsAnswer("nodata", aliases=tuple(aliases))
            aliases.append(alias)
            name = alias
        return DnsAnswer("servfail")


def _plain(name: str) -> str:
    return name.removesuffix(".").lower()


def _records(entries: Sequence[Any]) -> list[tuple[str, str]]:
    """A record of the old type SPF stands for a TXT record where no TXT record is given."""
    pairs = [pair for entry in entries if entry != "TIMEOUT" for pair in entry.items()]
    has_txt = any(kind == "TXT" for kind, _ in pairs)
    return list(_texts(pairs, has_txt=has_txt))


def _texts(pairs: Sequence[tuple[str, Any]], *, has_txt: bool) -> Iterator[tuple[str, str]]:
    for kind, value in pairs:
        match kind:
            case "TXT" if value != "NONE":
                yield "TXT", "".join(value)
            case "SPF" if not has_txt:
                yield "TXT", "".join(value)
            case "TXT" | "SPF":
                pass
            case "MX":
                yield "MX", f"{value[0]} {_plain(value[1]) or '.'}"
            case "PTR" | "CNAME":
                yield kind, _plain(value)
            case _:
                yield kind, value
