"""A refusal's text, judged: the first rule that fits, in the order receiver's fault, lists of
domains, a provider's own list, a list by name, a cause, a list without a name.

A text that names another address than ours speaks of a hop before us, so it is no list of ours.
"""

from functools import lru_cache

from engine.ids import IpAddr
from engine.rules.replies import causes, lists
from engine.rules.replies.rule import Rule
from engine.values.traffic import Reply

_RULES: tuple[Rule, ...] = (
    *(*lists.FAULTS, *lists.DOMAIN_LISTS, *lists.PROVIDER_LISTS),
    *(*causes.GMAIL, *lists.NAMED, *causes.OTHERS, *lists.UNNAMED),
)
_KNOWN = 8_192
TEXT_MAX = 1_000  # characters that are looked at


class Replies:
    """Texts differ mostly in their numbers, so most are judged once."""

    def __init__(self) -> None:
        self._judged = lru_cache(maxsize=_KNOWN)(_judge)

    def reply(self, text: str, provider: str, ip: IpAddr) -> Reply | None:
        text = text[:TEXT_MAX]
        return _of_ours(self._judged(_common(text), provider), text, ip)

    @property
    def judged(self) -> int:
        """Texts that were no other's like."""
        return self._judged.cache_info().misses


def classify(text: str, provider: str, ip: IpAddr) -> Reply | None:
    """``provider`` is who said it; None: nothing that is known."""
    text = text[:TEXT_MAX]
    return _of_ours(_judge(text, provider), text, ip)


def _judge(text: str, provider: str) -> Reply | None:
    for one in _RULES:
        if one.provider not in ("", provider):
            continue
        found = one.pattern.search(text)
        if found and not one.kind:
            return Reply(one.cause)
        if found:
            by = one.by or found["zone"].lower()
            return Reply(one.cause, one.kind, lists.ALIASES.get(by, by))
    return None


def _of_ours(found: Reply | None, text: str, ip: IpAddr) -> Reply | None:
    """A listing counts only where the text may speak of our address."""
    listing = found is not None and found.kind is not None and found.cause == "listed"
    return None if listing and _elsewhere(text, ip) else found


def _elsewhere(text: str, ip: IpAddr) -> bool:
    """Whether it names addresses, and ours is none of them.  Lists' codes are no
    addresses."""
    if ip and ip in text:
        return False
    named = {one for one in lists.FORWARDED.findall(text) if not one.startswith("127.")}
    return bool(named)


def _common(text: str) -> str:
    """Without what makes each text another one: addresses of people, numbers of messages."""
    return " ".join(
        [
            "*" if "@" in one or (len(one) >= 10 and one.isalnum() and not one.isalpha()) else one
            for one in text.split()
        ]
    )
