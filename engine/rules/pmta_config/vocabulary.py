"""Which directive and which section may stand where, looked up by name (User's Guide 5.0)."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple


class Word(NamedTuple):
    kind: str  # of its value; see value_types
    flags: str  # some of D, X, N, R, L; see words_global

    @property
    def deprecated(self) -> bool:
        return "D" in self.flags

    @property
    def removed(self) -> bool:
        """Not in 5.0 any more; 4.5 knows it."""
        return "X" in self.flags

    @property
    def newer(self) -> bool:
        """Only in the guide of 5.0r5 to r7."""
        return "N" in self.flags

    @property
    def undocumented(self) -> bool:
        return "L" in self.flags

    @property
    def restart(self) -> bool:
        return "R" in self.flags


class Tag(NamedTuple):
    within: tuple[str, ...]
    argument: bool | None  # None: it may have one


_GLOBAL = ("global",)
_PROCESSORS = ("bounce-processor", "feedback-loop-processor")
TAGS: Mapping[str, Tag] = {
    **{
        name: Tag(_GLOBAL, True)
        for name in [
            "source",
            "virtual-mta",
            "virtual-mta-pool",
            "smtp-user",
            "smtp-listener",
            "acct-file",
            "spool",
            "smtp-pattern-list",
            "rewrite-list",
            "domain-key-list",
            "proxy",
            "vault",
            "source-group",
            "transmissions-api-listener",
        ]
    },
    **{
        name: Tag(_GLOBAL, False)
        for name in [
            "bounce-category-patterns",
            "mx-rollup-list",
            "bounce-processor",
            "feedback-loop-processor",
            "aliases",
            "dns",
            "signals",
            "signals-filter",
            "transmissions-api",
        ]
    },
    "domain": Tag(("global", "virtual-mta", "virtual-mta-pool"), True),
    "pattern-list": Tag(("global", "pattern-list"), None),
    "address-list": Tag((*_GLOBAL, *_PROCESSORS), None),
    "email-patterns": Tag(_PROCESSORS, False),
}


@cache
def words(scope: str) -> Mapping[str, Word]:
    """Those of one scope.  Most programs never ask, so the table is not read before."""
    from engine.rules.pmta_config import words_domain, words_global, words_sections

    tables = (words_global.WORDS, words_domain.WORDS, words_sections.WORDS)
    return {
        name: Word(kind, flags)
        for table in tables
        for kind, names in table.get(scope, {}).items()
        for name, _, flags in (word.partition("/") for word in names.split())
    }


@cache
def scopes_of(name: str) -> tuple[str, ...]:
    """Where a directive may stand, by name of section; () for one that is unknown everywhere."""
    return tuple(scope for scope in ("global", *TAGS) if name in words(scope))
