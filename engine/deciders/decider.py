"""The shape of a decider: may this happen?  (Chassaing, 2021)"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from typing import Generic, TypeVar

from msgspec import Struct

from engine.events import Category, Event, Recorded
from engine.ids import TenantId

C = TypeVar("C")
E = TypeVar("E", bound=Event)
S = TypeVar("S")


def _nothing(_state: object, _events: Sequence[object]) -> bool:
    return False


class Decider(Struct, Generic[C, E, S], frozen=True, kw_only=True):
    category: Category[E]
    key: Callable[[C], str]  # which stream a command is about
    # Whose stream it is; the last argument is who asks.  None: the platform's.
    owner: Callable[[C, Sequence[Recorded[E]], TenantId | None], TenantId | None]
    initial: S
    evolve: Callable[[S, E], S]  # knows no rules and never fails
    decide: Callable[[S, C, datetime], Sequence[E]]  # [] = already so; raises Rejected
    # Whether more is sent by what was decided, where the command alone does not say so.
    lifts: Callable[[S, Sequence[E]], bool] = _nothing

    def fold(self, history: Sequence[Recorded[E]]) -> S:
        return reduce(lambda state, one: self.evolve(state, one.event), history, self.initial)
