"""What is to be done about receivers' replies, read from a request or refused by field."""

from collections.abc import Iterable, Mapping

from engine.api.call import Body, Word
from engine.api.decode import checked
from engine.api.meant import meant
from engine.api.problems import Problem
from engine.rules.pmta_config import build
from engine.rules.provider_limits import PROVIDERS_MAX
from engine.rules.reply_patterns import LISTS_MAX, parse_list
from engine.values.overlay import Chosen
from engine.values.patterns import Action, Pattern, PatternList


class NewPattern(Body, frozen=True, kw_only=True):
    reply: Word  # a regular expression, found anywhere in the reply; in either case
    action: Action


class NewPatternList(Body, frozen=True, kw_only=True):
    """The first pattern that fits says what is done."""

    patterns: tuple[NewPattern, ...]
    minutes: int = 60  # until a queue leaves back-off, and an address is used for it again


def read(given: Mapping[str, NewPatternList]) -> dict[str, PatternList]:
    """By name.  Raises Problem that names the field."""
    at = "$.pattern_lists"
    if len(given) > LISTS_MAX:
        raise Problem("invalid", f"a request holds at most {LISTS_MAX} pattern lists", field=at)
    return {name: checked(f"{at}.{name}", _list, (name, one)) for name, one in given.items()}


def _list(given: tuple[str, NewPatternList]) -> PatternList:
    name, one = given
    return parse_list(
        name, [Pattern(each.reply, each.action) for each in one.patterns], one.minutes
    )


def of(
    given: Mapping[str, str], lists: Mapping[str, PatternList], at: str, index: int
) -> dict[str, PatternList]:
    """Of one VirtualMTA, by pattern of domains.  Raises Problem that names the field."""
    if len(given) > PROVIDERS_MAX:
        why = f"a VirtualMTA has pattern lists for at most {PROVIDERS_MAX} providers"
        raise Problem("invalid", why, field=at, index=index)
    found: dict[str, PatternList] = {}
    for text, name in given.items():
        pattern = checked(at, build.pattern, text.lower(), index=index)
        if pattern in found:
            raise Problem("invalid", f"{pattern} is named twice", field=at, index=index)
        if name not in lists:
            why = f"there is no list {name[:60]!r} in pattern_lists{meant(name, tuple(lists))}"
            raise Problem("invalid", why, field=f"{at}.{pattern}", index=index)
        found[pattern] = lists[name]
    return found


def refuse_unused(lists: Mapping[str, PatternList], chosen: Iterable[Chosen]) -> None:
    """It would be gone with the answer."""
    used = {one.name for each in chosen for one in each.patterns.values()}
    for name in sorted(lists.keys() - used):
        why = f"no VirtualMTA uses the list {name}; name it in its patterns, or leave it out"
        raise Problem("invalid", why, field=f"$.pattern_lists.{name}")
