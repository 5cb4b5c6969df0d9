"""Rules E15 and E17, and the results of patterns."""

import re
from collections.abc import Callable, Iterator, Sequence

from engine.rules.pmta_config import regexes
from engine.rules.pmta_config.finding import Finding, Target, error, warning
from engine.rules.pmta_config.tree import Directive
from engine.rules.pmta_config.value_types import is_interval

_PLAIN = {"skip-mx", "bounce-queue", "bounce-rcpt", "disable-source-ip", "defer-queue"}
_MODES = {"mode=normal", "mode=backoff"}
_MODIFIERS = {  # and the action that each belongs to
    "backoff-to-normal-after": "mode=backoff",
    "reenable-after": "disable-source-ip",
}
_RESULT = re.compile(
    r"virtual-mta=[^\s,]+|recipient-priority=(?:100|[0-9]{1,2})|call-to:\S+", re.IGNORECASE
)


def check(one: Directive, scope: str, target: Target) -> Iterator[Finding]:
    if scope == "pattern-list" and one.key == "*":
        yield from _result(one, one.value)
    elif scope == "bounce-category-patterns" and not one.name:
        yield from _with_regex(one, _category)
    elif scope == "smtp-pattern-list" and one.key == "reply":
        yield from _with_regex(one, _actions)
        if target == "4.5" and "backoff-to-normal-after=" in one.value.lower():
            yield warning(
                "W11",
                one.at,
                "backoff-to-normal-after= as an action is new in 5.0r5.",
                "Write backoff-to-normal-after into <domain> for 4.5.",
            )
    elif scope == "pattern-list" and one.key in ("mail-from", "rcpt-to", "header"):
        yield from _with_regex(one, _result)


def _with_regex(
    one: Directive, then: Callable[[Directive, str], Iterator[Finding]]
) -> Iterator[Finding]:
    if not one.value:
        return  # which was said
    entry = regexes.entry(one)
    if entry is None:
        yield error(
            "E17", one.at, "There is no whole regular expression.", "Write it between slashes: /…/."
        )
        return
    bad = regexes.wrong(entry.regex)
    if bad:
        yield error(
            "E17",
            one.at,
            f"/{entry.regex[:60]}/ is no regular expression: {bad}.",
            "Escape with a backslash what stands for itself.",
        )
    yield from then(one, entry.rest)


def _category(one: Directive, rest: str) -> Iterator[Finding]:
    if not rest:
        yield error("E4", one.at, "There is no category.", "Write it behind the expression.")
    elif len(rest.split()) > 1:
        yield error("E5", one.at, f"{rest[:60]} is no category.", "Write one word, and one entry.")


def _result(one: Directive, rest: str) -> Iterator[Finding]:
    # A <pattern-list> may stand for the result: it follows in the next line.
    parts = split(rest)
    wrong = [part for part in parts if part and not _RESULT.fullmatch(part)]
    if wrong:
        yield error(
            "E5",
            one.at,
            f"{wrong[0][:60]} is no result of a pattern.",
            "Write virtual-mta=NAME, recipient-priority=0…100 or call-to:LIST.",
        )


def split(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",")]


def _actions(one: Directive, rest: str) -> Iterator[Finding]:
    if not rest:
        yield error("E4", one.at, "There is no action.", "Write one, such as mode=backoff.")
        return
    actions = [part.lower() for part in split(rest)]
    for action in actions:
        yield from _action(one, action)
    conflict = _conflict(actions)
    if conflict:
        yield error("E15", one.at, conflict, "Leave one of them out.")


def _action(one: Directive, action: str) -> Iterator[Finding]:
    name, _, value = action.partition("=")
    if name in _MODIFIERS and is_interval(value):
        return
    if action not in _PLAIN | _MODES:
        yield error(
            "E5",
            one.at,
            f"{action[:60] or 'Nothing'} is no action.",
            f"Write one of {', '.join(sorted(_PLAIN | _MODES))}.",
        )


def _conflict(actions: Sequence[str]) -> str:
    names = [action.partition("=")[0] for action in actions]
    if set(actions) >= _MODES:
        return "The queue cannot go into both modes."
    if {"skip-mx", "bounce-queue"} <= set(actions):
        return "skip-mx and bounce-queue exclude each other."
    for name, action in _MODIFIERS.items():
        if names.count(name) > 1:
            return f"{name} stands there twice."
        if name in names and action not in actions:
            return f"{name} does nothing without {action}."
    return ""
