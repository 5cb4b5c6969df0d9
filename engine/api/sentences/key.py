"""API keys."""

from typing import assert_never

from engine.api.sentences.words import because, moment, names
from engine.events import Recorded
from engine.events.key import KeyEnds, KeyEvent, KeyIssued, KeyRevoked


def say(told: Recorded[KeyEvent]) -> str:
    match told.event:
        case KeyIssued(key=key, scopes=scopes, owner=owner, expires_at=ends, networks=networks):
            until = f", until {moment(ends)}" if ends else ""
            where = f", from {names(networks)} alone" if networks else ""
            return (
                f"key {key} was issued to {owner or 'the platform'}: {names(scopes)}{until}{where}"
            )
        case KeyEnds(key=key, at=at, successor=successor):
            return f"key {successor} takes the place of {key}, which is good until {moment(at)}"
        case KeyRevoked(key=key, why=why):
            return f"key {key} was revoked{because(why)}"
        case _:
            assert_never(told.event)
