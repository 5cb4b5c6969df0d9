"""A short name of an alert, for people to write and for buttons to carry."""

import hashlib

from engine.ids import AlertId

LETTERS = 8


def ref(alert: AlertId) -> str:
    """The same for the same alert and episode; among 1,000 alerts two are alike once in 8,000."""
    return hashlib.sha256(alert.encode()).hexdigest()[:LETTERS]
