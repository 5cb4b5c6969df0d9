"""What a bounce means for the sender (PowerMTA 5.0 User's Guide, 11.6: bounce categories).

Which category is hard, a block or soft is our own grouping.
"""

import re
from collections.abc import Mapping

from engine.values.traffic import Outcome

CATEGORIES: Mapping[str, Outcome] = {
    **dict.fromkeys(("bad-mailbox", "bad-domain", "inactive-mailbox"), "hard"),
    **dict.fromkeys(
        (
            *("spam-related", "policy-related", "content-related"),
            *("relaying-issues", "invalid-sender", "bad-configuration"),
        ),
        "block",
    ),
    **dict.fromkeys(
        ("quota-issues", "message-expired", "no-answer-from-host", "bad-connection"), "soft"
    ),
}

# RFC 3463 and the registry of enhanced status codes, for categories that say nothing (``other``,
# an operator's own): subject and detail, the longest that fits first.
_STATUS: tuple[tuple[str, Outcome], ...] = (
    ("5.1.7", "block"),  # bad sender's address syntax
    ("5.1.8", "block"),  # bad sender's system address
    ("5.1", "hard"),
    ("5.2.2", "soft"),  # mailbox full
    ("5.2.1", "hard"),  # disabled
    ("5.4.7", "soft"),  # delivery time expired
    ("5.4.4", "hard"),  # unable to route
    ("5.7", "block"),
    ("4", "soft"),
)

BOUNCED = frozenset({"b", "bounce"})
DEFERRED: Mapping[str, Outcome] = {
    **dict.fromkeys(("t", "transient"), "deferred"),
    **dict.fromkeys(("tq", "transient-queue"), "held"),
}
FEEDBACK: Mapping[str, Outcome] = {
    **dict.fromkeys(("f", "feedback-loop"), "complaints"),
    **dict.fromkeys(("rb", "remote-bounce"), "remote"),
}
IGNORED = frozenset({"r", "receipt", "rs", "remote-status"})

_DELETED = re.compile(r"\bdelet\w*\b.{0,60}\badmin|\badmin\w*\b.{0,60}\bdelet", re.I)
_HEARD = re.compile(r"smtp;\s*[45]\d\d", re.I)


def of_row(kind: str, category: str, status: str) -> Outcome:
    """Of rows that are no deliveries."""
    return DEFERRED.get(kind) or FEEDBACK.get(kind) or outcome(category, status)


def outcome(category: str, status: str) -> Outcome:
    """``status`` as PowerMTA writes it: ``5.1.1 (bad destination mailbox address)``."""
    if category == "routing-errors":
        return "hard" if status.startswith("5") else "soft"
    known = CATEGORIES.get(category)
    if known:
        return known
    code = f"{status.split(' ', 1)[0]}."
    return next((found for start, found in _STATUS if code.startswith(f"{start}.")), "other")


def deleted(status: str, diagnostic: str, mta: str) -> bool:
    """Whether an administrator removed the message: no receiver has said anything then.

    The exact text is not documented; a receiver that speaks of a mailbox its administrator deleted
    is told apart by its SMTP reply.
    """
    if mta and _HEARD.match(diagnostic):
        return False
    texts = [one for one in (status, diagnostic) if "delet" in one.lower()]  # seldom any
    return any(map(_DELETED.search, texts))
