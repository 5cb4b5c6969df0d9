"""Which directive or tag somebody may have meant who mistyped one.

Names that differ in one letter, or in two neighbours that changed places, are the same once a
letter is taken out of each: a table of names without a letter finds them in one step, however many
unknown lines a file has (the idea is Wolf Garbe's, https://github.com/wolfgarbe/SymSpell).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from engine.rules.pmta_config.vocabulary import TAGS, words

NAME_MIN, NAME_MAX = 5, 60  # letters; shorter ones are near to anything


def directive(name: str) -> str:
    """Of any section; "" = none is near."""
    return _near(name, _directives())


def tag(name: str) -> str:
    return _near(name, _tags())


def _near(name: str, table: Mapping[str, str]) -> str:
    bare = _bare(name)
    if not NAME_MIN <= len(bare) <= NAME_MAX:
        return ""
    return next((table[form] for form in _forms(bare) if form in table), "")


@cache
def _directives() -> Mapping[str, str]:
    return _table(name for scope in ("global", *TAGS) for name in words(scope))


@cache
def _tags() -> Mapping[str, str]:
    return _table(TAGS)


def _table(names: Iterable[str]) -> Mapping[str, str]:
    """By form; a whole name comes before one that lacks a letter."""
    known = [name for name in names if len(_bare(name)) >= NAME_MIN]
    shorter = {form: name for name in reversed(known) for form in _forms(_bare(name))}
    return shorter | {_bare(name): name for name in known}


def _forms(bare: str) -> Iterator[str]:
    yield bare
    yield from (bare[:at] + bare[at + 1 :] for at in range(len(bare)))


def _bare(name: str) -> str:
    """Alike in ``max_smtp_out``, ``maxSmtpOut`` and ``max-smtp-out``."""
    return "".join(filter(str.isalnum, name)).lower()
