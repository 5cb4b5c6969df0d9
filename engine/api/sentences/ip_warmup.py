"""What people and results do to a warm-up."""

from collections.abc import Sequence
from typing import assert_never

from engine.api.sentences.words import because, output, several
from engine.events.ip_warmup import (
    IpWarmupEvent,
    RewarmBegan,
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.rules.warmup import start
from engine.values.hold import HeldBy
from engine.values.plan import Plan
from engine.values.results import ALL, KINDS, Rate, Results

_BY = {"person": "by a person", "results": "by its results"}
_NAMES = {
    "bounce": "hard bounces",
    "complaint": "complaints",
    "deferral": "deferrals",
    "block": "blocks",
}


def say(event: IpWarmupEvent) -> str:
    match event:
        case WarmupHeld(ip=ip) as held:
            why = _why(held.by, held.reason, held.results)
            return f"the warm-up of {ip} is held {why}; its cap stays as it is"
        case WarmupPaused(ip=ip, results=results):
            why = _why("results", "", results)
            closed = "intake closed, output paused until a person resumes it"
            return f"the warm-up of {ip} is paused {why}; {closed}"
        case WarmupResumed(ip=ip, vmta=vmta) as resumed:
            why = _why(resumed.by, resumed.reason, resumed.results)
            return f"the warm-up of {ip} goes on with {output(vmta.levers)}, resumed {why}"
        case WarmupSteppedBack(ip=ip, stage=stage, vmta=vmta) as back:
            why = _why(back.by, back.reason, back.results)
            return f"{ip} is back at stage {stage}, {output(vmta.levers)}, {why}"
        case StageSkipped(ip=ip, stage=stage, vmta=vmta, reason=reason):
            cap = output(vmta.levers)
            return f"{ip} begins stage {stage} before its time, {cap}, by a person: {reason}"
        case RewarmBegan():
            return _rewarm(event)
        case _:
            assert_never(event)


def _rewarm(event: RewarmBegan) -> str:
    last = f"sent nothing since {event.last}" if event.last else "has sent nothing since it began"
    return (
        f"{event.ip} {last} ({start.idle(event.idle_days).why}; {event.volume:,} a day before): it"
        f" warms up again from stage {event.stage}, {output(event.vmta.levers)}"
    )


def on(plan: Plan) -> str:
    """The ladder that it follows."""
    days = "a day" if plan.stage_days == 1 else f"{plan.stage_days} days"
    caps = f"{plan.stages} stages of {days} from {plan.caps[0]:,} to {plan.caps[-1]:,} a day"
    return f"on the ladder {plan.name} ({caps})"


def _why(by: HeldBy, reason: str, results: Results | None) -> str:
    found = _worst(results.rates) if results and results.rates else ""
    return f"{_BY[by]}{because(reason or found)}"


def _worst(rates: Sequence[Rate]) -> str:
    """The least probable one that says the most; the others are counted."""
    worst = min(rates, key=lambda one: (-KINDS.index(one.means), one.chance))
    more = len(rates) - 1
    rest = f", and {several(more, 'more rate')}" if more else ""
    return f"{_rate(worst)}{rest}"


def _rate(rate: Rate) -> str:
    """ "yahoo: 29 hard bounces of 350 (8.3 %, at least 5.2 %; the limit is 5.0 %)"."""
    where = "all providers" if rate.provider == ALL else rate.provider
    raw, least, limit = (f"{100 * one:.2g} %" for one in _shares(rate))
    return (
        f"{where}: {rate.count:,} {_NAMES[rate.signal]} of {rate.of:,}"
        f" ({raw}, at least {least}; the limit is {limit})"
    )


def _shares(rate: Rate) -> tuple[float, float, float]:
    return rate.count / rate.of, rate.low, rate.threshold
