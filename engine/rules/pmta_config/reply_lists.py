"""Lists of reply patterns in a tenant's file, and what a VMTA's ``<domain>`` says to use one.

User's Guide 5.0, smtp-pattern-list.  How long an action lasts stands in ``<domain>``, for older
versions know no such time within a pattern.
"""

from collections.abc import Iterable, Iterator

from engine.ids import TenantId
from engine.rules.pmta_config import build
from engine.rules.pmta_config.tree import Section
from engine.values.patterns import Action, PatternList

_WORDS: dict[Action, str] = {
    "backoff": "mode=backoff",
    "normal": "mode=normal",
    "skip-mx": "skip-mx",
    "disable-source-ip": "disable-source-ip",
    "defer-queue": "defer-queue",
}
_LASTS: dict[Action, str] = {
    "backoff": "backoff-to-normal-after",
    "disable-source-ip": "reenable-source-ip-after",
}


def name(tenant: TenantId, one: PatternList) -> str:
    return build.token(f"{build.token(tenant)}--{build.token(one.name)}")


def sections(tenant: TenantId, lists: Iterable[PatternList]) -> Iterator[Section]:
    """Each list once, by name.  Raises ValueError on a name that stands for two lists."""
    known: dict[str, PatternList] = {}
    for one in lists:
        if known.setdefault(one.name, one) != one:
            raise ValueError(f"{one.name} is the name of two pattern lists; give each its own")
    for _, one in sorted(known.items()):
        replies = [
            build.directive("smtp-pattern-list", "reply", build.reply(each.reply, _of(each.action)))
            for each in one.patterns
        ]
        yield build.section("smtp-pattern-list", name(tenant, one), replies)


def limits(tenant: TenantId, one: PatternList) -> dict[str, str]:
    """Directive and value, for the ``<domain>`` that uses the list."""
    actions = {each.action for each in one.patterns}
    lasts = {word: f"{one.minutes}m" for action, word in _LASTS.items() if action in actions}
    return {"smtp-pattern-list": name(tenant, one), **lasts}


def _of(action: Action) -> str:
    word = _WORDS.get(action)
    if word is None:
        raise ValueError(f"{action!r} is no action; {', '.join(_WORDS)} are")
    return word
