"""A short name of an alert, for people to write and for buttons to carry."""

import hashlib
from collections.abc import Iterable

from engine.ids import AlertId

LETTERS = 8


def ref(alert: AlertId) -> str:
    """The same for the same alert and episode; among 1,000 alerts two are alike once in 8,000."""
    return _short(alert)


def ref_of_all(alerts: Iterable[AlertId]) -> str:
    """The same for the same alerts in whatever order."""
    return _short("\n".join(sorted(alerts)))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:LETTERS]
