"""What a decision was made on, and what came of it."""

from collections.abc import Iterator
from itertools import chain

from engine.api.sentences.dnsbl import counts
from engine.api.sentences.effect import subject
from engine.api.story import Line, Story
from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.effect import EffectRefused, EffectStuck, EffectWithheld
from engine.events.ip import (
    IpRested,
    IpStopped,
    MonitoringBegan,
    StageEntered,
    WarmupFinished,
)
from engine.events.ip_warmup import StageSkipped
from engine.events.node import PauseFailed, QueuesPaused, QueuesResumed, ResumeFailed
from engine.events.rollout import RolloutEnded, RolloutUnknown
from engine.events.server import ServerFailed, ServerTold, ServerUnknown
from engine.ids import Position, Zone
from engine.values.evidence import Guards

OF_IP = (QueuesPaused, PauseFailed, QueuesResumed, ResumeFailed)
OF_SERVER = (ServerTold, ServerFailed, ServerUnknown)
WISHES = (EffectWithheld, EffectRefused, EffectStuck)


def because(story: Story, decision: Recorded[Event]) -> Line:
    """In order of time: who asked, or the looks and outcomes that its evidence names."""
    asked = story.asked.get(decision.cause)
    found = chain([asked] if asked else [], _evidence(story, decision))
    return sorted(found, key=lambda one: one.position)


def _evidence(story: Story, decision: Recorded[Event]) -> Iterator[Recorded[Event]]:
    match decision.event:
        case StageEntered(evidence=Guards() as held):
            yield from _at(story, held.fcrdns, held.lists, *held.spf_looks.values())
        case StageSkipped(evidence=held):
            yield from _at(story, held.fcrdns, held.lists, *held.spf_looks.values())
        case StageEntered() | WarmupFinished():
            yield from _told(story, decision)
        case IpStopped(zones=zones, looked=looked):
            yield from _first_hit(story, looked, tuple(zones))
            yield from _at(story, looked)
        case IpRested(why="still_listed") | MonitoringBegan(why="rested"):
            yield from _last_look(story, decision.position)
        case _:
            return


def _at(story: Story, *positions: Position) -> Iterator[Recorded[Event]]:
    yield from (one for one in story.others if one.position in positions)


def _told(story: Story, decision: Recorded[Event]) -> Iterator[Recorded[Event]]:
    """The days count from when the node was told the stage's levers."""
    before = [one for one in _rollouts(story) if one.position < decision.position]
    yield from before[-1:]


def _rollouts(story: Story) -> Iterator[Recorded[Event]]:
    for one in story.others:
        if isinstance(one.event, RolloutEnded) and story.ip in one.event.changed:
            yield one


def _first_hit(
    story: Story, looked: Position, zones: tuple[Zone, ...]
) -> Iterator[Recorded[Event]]:
    """The look before that found the same."""
    hits = [one for one in _looks(story, looked - 1) if _finds(one.event, zones)]
    yield from hits[-1:]


def _finds(event: Event, zones: tuple[Zone, ...]) -> bool:
    found = event.answers if isinstance(event, DnsblLooked) else {}
    return any(zone in found and counts(found[zone], "listed") for zone in zones)


def _last_look(story: Story, upto: Position) -> Iterator[Recorded[Event]]:
    yield from list(_looks(story, upto))[-1:]


def _looks(story: Story, upto: int) -> Iterator[Recorded[Event]]:
    for one in story.others:
        if isinstance(one.event, DnsblLooked) and one.position <= upto:
            yield one


def outcomes(story: Story, after: Position, before: Position | None) -> Line:
    """What came of a decision until the next one: of each kind one.  Of a lever that is moved
    again and again that is the first time, of what is tried again the last.
    """
    kept: dict[str, Recorded[Event]] = {}
    for one in story.others:
        if one.position <= after or (before is not None and one.position >= before):
            continue
        kind = _outcome(story, one.event)
        if kind and not (kind in kept and isinstance(one.event, (QueuesPaused, QueuesResumed))):
            kept.pop(kind, None)
            kept[kind] = one
    return list(kept.values())


def _outcome(story: Story, event: Event) -> str:
    """Its kind, when it is one that concerns the address; else ""."""
    tag = str(event.__struct_config__.tag)
    match event:
        case RolloutEnded(ending="done", changed=changed):
            return f"{tag}/done" if story.ip in changed else ""
        case RolloutEnded() | RolloutUnknown():
            return tag
        case EffectWithheld() | EffectRefused() | EffectStuck():
            about = subject(event.effect, event.key)
            return f"{tag}/{event.effect}" if _concerns(story, about) else ""
        case _ if isinstance(event, (*OF_IP, *OF_SERVER)):
            return tag if event.ip == story.ip else ""
        case _:
            return ""


def _concerns(story: Story, about: str) -> bool:
    """A wish about the address, or about its tenant's file on its node."""
    return about.split("/")[-1] == story.ip or about == f"{story.row.node}/{story.owner}"
