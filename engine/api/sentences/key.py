"""API keys."""

from typing import assert_never

from engine.api.sentences.words import because, names
from engine.events import Recorded
from engine.events.key import KeyEvent, KeyIssued, KeyRevoked


def say(told: Recorded[KeyEvent]) -> str:
    match told.event:
        case KeyIssued(key=key, scopes=scopes, owner=owner):
            return f"key {key} was issued to {owner or 'the platform'}: {names(scopes)}"
        case KeyRevoked(key=key, why=why):
            return f"key {key} was revoked{because(why)}"
        case _:
            assert_never(told.event)
