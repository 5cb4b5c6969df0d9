"""What people hear of a rollout that failed its watch, takes too much away, or lets others wait."""

from typing import Any

from engine.events import Event, Recorded
from engine.events.rollout import (
    CanaryPassed,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutUnknown,
    RolloutWatched,
    WatchUnanswered,
)
from engine.events.tenant import OverlaySet
from engine.ids import NodeId
from engine.projections.alert_change import NOTHING, Change
from engine.rules.rollout_watch import in_words

NAMES = BREACHED, TOO_LARGE, CANARY = "rollout_breached", "rollout_too_large", "canary_waits"
CAUSES = (
    *(RolloutWatched, RolloutBreached, RolloutApproved, OverlaySet, WatchUnanswered),
    *(RolloutEnded, RolloutUnknown, CanaryPassed),
)


def of(event: Any) -> tuple[tuple[str, str], ...]:
    return *_of(event), *((CANARY, node) for node in _canary(event))


def _canary(event: Any) -> tuple[str, ...]:
    match event:
        case RolloutUnknown() | WatchUnanswered():
            return (event.node,) if event.followers else ()
        case RolloutEnded() | RolloutWatched() | RolloutBreached() | CanaryPassed():
            return (event.node,)
        case OverlaySet(nodes=nodes):
            return tuple(sorted(set(nodes.values())))
        case _:
            return ()


def _of(event: Any) -> tuple[tuple[str, str], ...]:
    match event:
        case RolloutWatched(node=node) | RolloutBreached(node=node):
            return ((BREACHED, node),)
        case RolloutEnded(kind="too_large", node=node) | RolloutApproved(node=node):
            return ((TOO_LARGE, node),)
        case OverlaySet(nodes=nodes):
            return tuple((TOO_LARGE, node) for node in sorted(set(nodes.values())))
        case _:
            return ()


def change(name: str, recorded: Recorded[Event]) -> Change:
    match name:
        case "rollout_breached":
            return _breached(recorded.event)
        case "rollout_too_large":
            return _too_large(recorded.event)
        case "canary_waits":
            return _waits(recorded.event)
        case _:
            return NOTHING


def _breached(event: Event) -> Change:
    match event:
        case RolloutBreached(node=node, version=version, evidence=evidence):
            return Change(
                fires=True,
                anew=True,
                severity="critical",
                title="Configuration failed its watch",
                facts={
                    "Node": node,
                    "Version": str(version),
                    "Seen": "; ".join(in_words(one) for one in evidence),
                    "Done": _done(event),
                    **({"Waiting": ", ".join(event.followers)} if event.followers else {}),
                    "Next": "see to the node: GET /api/v2/powermta/nodes",
                },
            )
        case RolloutWatched(over=True, version=version):
            return Change(facts={"Now": f"version {version} has stood its watch"}, clears=True)
        case _:
            return NOTHING


def _done(event: RolloutBreached) -> str:
    if event.back_to is None:
        return f"nothing is rolled back: {event.why_not}"
    back = f"what was chosen in version {event.back_to}" if event.back_to else "no choices at all"
    return f"rolled back to {back}, with today's caps, intake and pauses"


def _too_large(event: Event) -> Change:
    match event:
        case RolloutEnded(node=node, why=why):
            return Change(
                fires=True,
                severity="warning",
                title="Configuration change too large",
                facts={
                    "Node": node,
                    "Why": why,
                    "Next": "the old choices run on; if it is meant, POST"
                    f" /api/v2/powermta/nodes/{node}/approve, or put the choices with confirm",
                },
            )
        case RolloutApproved(reason=reason):
            return Change(facts={"Now": "approved", "Reason": reason}, clears=True)
        case OverlaySet():
            return Change(facts={"Now": "something else was chosen"}, clears=True)
        case _:
            return NOTHING


def _waits(event: Event) -> Change:
    """An edit by hand waits for a person at once; silence and failures are tried again first."""
    match event:
        case RolloutEnded(ending="done"):
            return Change(facts={"Now": "it has the new choices; its watch runs"}, clears=True)
        case RolloutWatched(over=True):
            return Change(facts={"Now": "it stood its watch; the others follow"}, clears=True)
        case RolloutBreached():
            return Change(facts={"Now": "it failed its watch; an alert says so"}, clears=True)
        case CanaryPassed(followers=followers):
            first = "".join(followers[:1])
            now = f"nothing is left to be tried on it; {first} goes first"
            return Change(facts={"Now": now}, clears=True)
        case OverlaySet():
            return Change(facts={"Now": "something else was chosen"}, clears=True)
        case RolloutUnknown() | WatchUnanswered() | RolloutEnded() if event.followers:
            doubt = not (isinstance(event, RolloutEnded) and event.ending == "conflict")
            return _others_wait(event.node, event.why, event.followers, doubt=doubt)
        case _:
            return NOTHING


def _others_wait(node: str, why: str, followers: tuple[NodeId, ...], *, doubt: bool) -> Change:
    return Change(
        fires=True,
        doubt=doubt,
        severity="warning",
        title="Others wait for a node that is tried first",
        facts={
            "Node": node,
            "Why": why,
            "Waiting": ", ".join(followers),
            "Meanwhile": "what lowers or stops goes out everywhere; the rest runs as chosen before",
            "Next": f"see to {node}; to go on without it, POST"
            f" /api/v2/powermta/nodes/{followers[0]}/approve, and so for each that waits",
        },
    )
