"""What people must do for a DKIM key, step by step: publish it, and one day empty its record."""

from typing import Any

from engine.events import Event, Recorded
from engine.events.domain_key import (
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
from engine.projections.alert_change import NOTHING, Change
from engine.rules.dkim.publish import key_name

NAMES = NAME, WRONG, LACKING = "dkim_key", "dkim_record", "dkim_lacking"
CAUSES = (
    *(KeyLaid, KeyNotLaid, KeyLooked, KeyPublished, KeyUsed, KeyRevoked, KeyDropped),
    *(KeyRemoved, KeyNotRemoved, KeyPlaced, KeyNotPlaced),
)


def of(event: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(event, CAUSES):
        return ()
    subject = f"{event.domain}/{event.selector}"
    if isinstance(event, KeyUsed):  # those before it are needed nowhere else any more
        before = ((LACKING, f"{event.domain}/{one}") for one in event.supersedes)
        return (NAME, subject), (WRONG, subject), *before
    return (NAME, subject), (WRONG, subject), (LACKING, subject)


def change(name: str, recorded: Recorded[Event]) -> Change:
    if name == WRONG:
        return _wrong(recorded)
    if name == LACKING:
        return _lacking(recorded)
    return _step(recorded)


def _step(recorded: Recorded[Event]) -> Change:
    at = f"{recorded.at:%Y-%m-%d %H:%M}Z"
    match recorded.event:
        case KeyLaid() as laid:
            return _publish(laid)
        case KeyNotLaid() as failed:
            return _not_laid(failed)
        case KeyLooked(standing=standing, why=why) if standing != "published":
            return Change(facts={"Seen": f"{at}: {why}"})
        case KeyPublished():
            now = "published; each node is told to sign with it"
            return Change(facts={"Now": now, "Seen": at, "Next": ""}, clears=True)
        case KeyUsed():
            return Change(facts={"Now": f"mail is signed with it since {at}"}, late=True)
        case KeyRevoked(domain=domain, selector=selector):
            return _empty(domain, selector)
        case KeyNotRemoved(why=why):
            return Change(facts={"Nodes": f"its private part could not be taken away: {why}"})
        case KeyRemoved():
            now = f"its private part lies on no node any more since {at}"
            return Change(facts={"Now": now, "Nodes": "", "Next": ""}, clears=True, late=True)
        case KeyDropped():
            return Change(facts={"Now": "it is wanted no more", "Next": ""}, clears=True)
        case _:
            return NOTHING


def _publish(laid: KeyLaid) -> Change:
    return Change(
        fires=True,
        anew=True,
        severity="info",
        title="Publish a DKIM key",
        facts={
            "Domain": laid.domain,
            "Name": key_name(laid.selector, laid.domain),
            "TXT": laid.record,
            "Next": "publish this record; once it is seen, mail is signed with the key",
        },
    )


def _not_laid(failed: KeyNotLaid) -> Change:
    return Change(
        fires=True,
        severity="warning",
        title="A DKIM key could not be laid on its nodes",
        facts={
            "Domain": failed.domain,
            "Selector": failed.selector,
            "Why": failed.why,
            "Next": "it is tried again; see to the node",
        },
    )


def _empty(domain: str, selector: str) -> Change:
    return Change(
        fires=True,
        anew=True,
        severity="info",
        title="Revoke an old DKIM key",
        facts={
            "Domain": domain,
            "Name": key_name(selector, domain),
            "TXT": "v=DKIM1; p=",
            "Next": "publish the record with its p= empty, or take it away; then the private part"
            " is taken off the nodes",
        },
    )


def _wrong(recorded: Recorded[Event]) -> Change:
    """Of a key that signs: receivers cannot verify what it signed."""
    match recorded.event:
        case KeyLooked(signs=True, standing="absent" | "differs" | "revoked") as looked:
            return Change(
                fires=True,
                severity="critical",
                title="Mail is signed with a DKIM key that is not published",
                facts={
                    "Domain": looked.domain,
                    "Name": key_name(looked.selector, looked.domain),
                    "Seen": looked.why,
                    "Next": "publish its record again (GET /api/v2/domains/"
                    f"{looked.domain}/dkim shows it), or rotate the key",
                },
            )
        case KeyLooked(standing="published") | KeyRevoked() | KeyDropped() | KeyRemoved():
            return Change(facts={"Now": "as it should be", "Next": ""}, clears=True)
        case _:
            return NOTHING


def _lacking(recorded: Recorded[Event]) -> Change:
    """On a node that came later; its mail for the domain goes out unsigned."""
    match recorded.event:
        case KeyNotPlaced() as failed:
            return Change(
                fires=True,
                severity="warning",
                title="A DKIM key could not be laid on a new node",
                facts={
                    "Domain": failed.domain,
                    "Selector": failed.selector,
                    "Node": failed.node,
                    "Why": failed.why,
                    "Next": "it is tried again; see to both nodes. A rotation makes a new key for"
                    " all of them",
                },
            )
        case KeyPlaced(node=node):
            return Change(facts={"Now": f"it lies on {node}", "Next": ""}, clears=True)
        case KeyUsed() | KeyRevoked() | KeyDropped() | KeyRemoved():
            return Change(facts={"Now": "it is needed there no more", "Next": ""}, clears=True)
        case _:
            return NOTHING
