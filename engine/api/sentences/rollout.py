"""A tenant's configuration on a node: planned, and how it ended."""

from typing import assert_never

from engine.api.sentences.words import because, both, names, several
from engine.events import Recorded
from engine.events.rollout import (
    CanaryPassed,
    ConflictEnded,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutEvent,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    RolloutWatched,
    VersionCommitted,
    WatchUnanswered,
)
from engine.rules.rollout_watch import in_words

DIGEST_SHOWN = 12  # letters: enough to tell two files apart


def say(told: Recorded[RolloutEvent]) -> str:
    whose = f"the configuration of {told.tenant}" if told.tenant else "the engine's own file"
    match told.event:
        case RolloutPlanned(node=node, vmtas=vmtas, digest=digest, before=before):
            was = f"in place of {before[:DIGEST_SHOWN]}" if before else "where there was none"
            ips = several(len(vmtas), "address", "addresses")
            return f"{whose} for {node} is planned: {ips}, file {digest[:DIGEST_SHOWN]} {was}"
        case RolloutUnknown(node=node, attempt=1, why=why):
            return f"whether {node} took {whose} is not known{because(why)}; it is looked at"
        case RolloutUnknown(node=node, attempt=attempt, why=why):
            looks = several(attempt - 1, "look")
            return f"whether {node} took {whose} is not known after {looks}{because(why)}"
        case RolloutTorn(node=node, found=found, why=why):
            file = found[:DIGEST_SHOWN] or "none"
            return f"{node} holds file {file} and runs another{because(why)}; the old one goes back"
        case RolloutEnded() as ended:
            return _ended(ended, whose)
        case RolloutWatched() | WatchUnanswered() | RolloutBreached():
            return _after(told.event, whose)
        case RolloutApproved(node=node, overlay=overlay, reason=reason):
            return f"choices {overlay} for {whose} on {node} may go{because(reason)}"
        case CanaryPassed() as passed:
            return _passed(passed, whose)
        case ConflictEnded(node=node, end="adopt", reason=reason):
            return f"what somebody wrote into {whose} on {node} stays{because(reason)}"
        case ConflictEnded(node=node, reason=reason):
            return f"what somebody wrote into {whose} on {node} is overwritten{because(reason)}"
        case VersionCommitted(node=node, version=version, commit=commit):
            return f"version {version} of {whose} on {node} lies in git, as {commit[:DIGEST_SHOWN]}"
        case _:
            assert_never(told.event)


def _after(event: RolloutWatched | WatchUnanswered | RolloutBreached, whose: str) -> str:
    which = f"version {event.version} of {whose}"
    match event:
        case RolloutWatched(node=node, over=True, followers=followers):
            beside = f"; {names(followers, '')} may follow" if followers else ""
            return f"{which} has stood its watch on {node}{beside}"
        case RolloutWatched(node=node, look=look):
            return f"look {look} found {which} on {node} as it was planned"
        case WatchUnanswered(node=node, down=down, why=why):
            what = "PowerMTA does not say that it runs" if down else "the look told nothing"
            return f"whether {node} still runs {which} is not known: {what}{because(why)}"
        case RolloutBreached(node=node, evidence=evidence, back_to=back, why_not=why_not):
            found = "; ".join(in_words(one) for one in evidence)
            then = f"choices {back} are brought back" if back is not None else f"stays: {why_not}"
            return f"{which} failed its watch on {node}, {then} ({found})"


def _passed(passed: CanaryPassed, whose: str) -> str:
    first, rest = passed.followers[:1], passed.followers[1:]
    beside = f", and then {names(rest)}" if rest else ""
    return (
        f"nothing of choices {passed.overlay} for {whose} is left to be tried on {passed.node};"
        f" {names(first)} goes first{beside}"
    )


def _ended(ended: RolloutEnded, whose: str) -> str:
    node, why = ended.node, because(ended.why)
    match ended.ending:
        case "done":
            told = [f"{ip} {both(levers)}" for ip, levers in ended.changed.items()]
            changed = names(told, "nothing changed for any address", "; ")
            return f"{node} runs {whose}: {changed}"
        case "failed":
            kind = f" ({ended.kind.replace('_', ' ')})" if ended.kind else ""
            still = f"; {names(ended.still)} must send less, and stand still" if ended.still else ""
            return f"{whose} was not deployed on {node}{kind}{why}{still}"
        case "conflict":
            return f"{whose} on {node} was edited by hand, and is not written until settled{why}"
