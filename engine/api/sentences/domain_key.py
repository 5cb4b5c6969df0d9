"""DKIM keys of sending domains."""

from typing import assert_never

from engine.api.sentences.words import because, names
from engine.events.domain_key import (
    DomainKeyEvent,
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyLooked,
    KeyNotLaid,
    KeyNotPlaced,
    KeyNotRemoved,
    KeyPlaced,
    KeyPublished,
    KeyRemoved,
    KeyRevoked,
    KeyUsed,
)
from engine.rules.dkim.publish import key_name
from engine.values.dkim_key import Standing

_SEEN: dict[Standing, str] = {
    "published": "is published",
    "absent": "is not published",
    "differs": "is published as something else",
    "revoked": "is published as revoked",
    "unanswered": "could not be looked for",
}


def say(event: DomainKeyEvent) -> str:
    which = f"the DKIM key {event.selector} of {event.domain}"
    match event:
        case KeyAsked(algorithm=algorithm, nodes=nodes):
            return f"{which} is to be made ({algorithm}) for {names(nodes)}"
        case KeyLaid(domain=domain, selector=selector, paths=paths):
            name = key_name(selector, domain)
            return f"{which} lies on {names(paths)}, and waits for its record at {name}"
        case KeyNotLaid(why=why):
            return f"{which} could not be laid on its nodes{because(why)}; it is tried again"
        case KeyPlaced(node=node):
            return f"{which} lies on {node} too, which came later"
        case KeyNotPlaced(node=node, why=why):
            return f"{which} could not be laid on {node} too{because(why)}; it is tried again"
        case KeyNotRemoved(why=why):
            return f"{which} could not be taken off its nodes{because(why)}; it is tried again"
        case KeyLooked(standing=standing, why=why):
            return f"{which} {_SEEN[standing]}{because(why)}"
        case KeyUsed(supersedes=before):
            instead = f" in place of {names(before)}" if before else ""
            return f"{which} is in use{instead}"
        case KeyPublished() | KeyRevoked() | KeyDropped() | KeyRemoved():
            return f"{which} {_became(event)}"
        case _:
            assert_never(event)


def _became(event: KeyPublished | KeyRevoked | KeyDropped | KeyRemoved) -> str:
    match event:
        case KeyPublished():
            return "was seen in the DNS, and may sign"
        case KeyRevoked():
            return "is to be revoked: publish it with its p= empty"
        case KeyDropped():
            return "is wanted no more"
        case KeyRemoved():
            return "lies on no node any more"
        case _:
            assert_never(event)
