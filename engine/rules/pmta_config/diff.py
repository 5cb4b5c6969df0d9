"""What differs between two configurations, in words for people.

Comments, blanks and the order of sections say nothing to PowerMTA and are not compared; the order
of directives within one is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.rules.pmta_config.tree import Directive, Node, Section, unquoted
from engine.rules.pmta_config.vocabulary import words

_SECRETS = {"password", "auth-password", "http-api-key", "api-key", "volume-audit-api-key"}
_HIDDEN_AFTER = {"access-token": 0, "tls-certificate": 1, "smtp-server-tls-certificate": 1}


class Change(NamedTuple):
    where: str  # "virtual-mta acme--192-0-2-1", "virtual-mta x / domain *"; "" = global level
    text: str  # "max-smtp-msg-rate 50/d became 200/d"
    restart: bool = False  # a reload does not bring it


def diff(before: Sequence[Node], after: Sequence[Node]) -> list[Change]:
    """[] if both say the same.  Secrets are not shown."""
    return list(_level(before, after, "", "global"))


def _level(
    before: Sequence[Node], after: Sequence[Node], where: str, scope: str
) -> Iterator[Change]:
    yield from _directives(before, after, where, scope)
    old, new = _sections(before), _sections(after)
    for name in [*old, *(name for name in new if name not in old)]:
        path = f"{where} / {name}" if where else name
        if name not in new:
            yield Change(path, "removed")
        elif name not in old:
            yield Change(path, "added")
            yield from _level((), _joined(new[name]), path, new[name][0].key)
        else:
            yield from _level(_joined(old[name]), _joined(new[name]), path, new[name][0].key)


def _sections(nodes: Sequence[Node]) -> Mapping[str, list[Section]]:
    """By tag and argument; those of one name are merged by PowerMTA."""
    found: dict[str, list[Section]] = {}
    for node in nodes:
        if isinstance(node, Section):
            found.setdefault(f"{node.key} {node.name}".strip(), []).append(node)
    return found


def _joined(sections: Sequence[Section]) -> Sequence[Node]:
    return [node for section in sections for node in section.children]


def _values(nodes: Sequence[Node]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, Directive):
            found.setdefault(node.key, []).append(node.value)
    return found


def _directives(
    before: Sequence[Node], after: Sequence[Node], where: str, scope: str
) -> Iterator[Change]:
    old, new = _values(before), _values(after)
    for key in [*old, *(key for key in new if key not in old)]:
        was, now = old.get(key, []), new.get(key, [])
        if was != now:
            word = words(scope).get(key)
            for text in _told(key, was, now):
                yield Change(where, text, word is not None and word.restart)


def _told(key: str, was: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    if len(was) == len(now) == 1:
        old, new = _shown(key, was[0]), _shown(key, now[0])
        yield f"{key} changed" if old == new else f"{key} {old} became {new}"
        return
    gone = [value for value in was if value not in now]
    come = [value for value in now if value not in was]
    yield from (f"{key} {_shown(key, value)} removed".replace("  ", " ") for value in gone)
    yield from (f"{key} {_shown(key, value)} added".replace("  ", " ") for value in come)
    if not gone and not come:
        yield f"{key}: the order changed"


def _shown(key: str, value: str) -> str:
    """A secret is a matter of whoever has it."""
    if key in _SECRETS:
        return "…"
    if key in _HIDDEN_AFTER:
        words_ = unquoted(value).split()
        kept = words_[: _HIDDEN_AFTER[key]]
        return " ".join([*kept, "…"] if len(words_) > len(kept) else kept)
    return value
