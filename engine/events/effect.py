"""What became of wishes that no port was called for, or that changed nothing."""

from engine.events.base import Category, Fact
from engine.ids import EffectKey
from engine.values.target import Target


class EffectWithheld(Fact, frozen=True, kw_only=True, tag="effect.withheld"):
    key: EffectKey
    effect: str  # its kind
    why: str  # who does not act
    newer: bool = False  # ``why`` names a stream that holds what only a newer engine can read


class EffectRefused(Fact, frozen=True, kw_only=True, tag="effect.refused"):
    key: EffectKey
    effect: str
    target: Target
    why: str  # what the decider said
    of_stop: bool = False  # a stop is tried again sooner


class EffectStuck(Fact, frozen=True, kw_only=True, tag="effect.stuck"):
    """It ended, nothing changed, and it is asked for again.  It is not begun again."""

    key: EffectKey
    effect: str


EffectEvent = EffectWithheld | EffectRefused | EffectStuck
EFFECT: Category[EffectEvent] = Category("effect", EffectEvent)
