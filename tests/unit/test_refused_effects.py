"""What a decider refused, or a race was lost for too often, is tried again in its time."""

from datetime import datetime, timedelta

from engine.commands.ip import StopIp
from engine.commands.ip_removal import WithdrawIp
from engine.effects import Dispatch
from engine.events.effect import EffectRefused, EffectStuck
from engine.ids import Position
from engine.projections import PROJECTIONS
from engine.reactors.refusals import REFUSAL_REACTOR
from engine.runtime.gate import Gate
from engine.runtime.views import Views
from tests.support.spec import ACME, DAY_1, IP, ReactorSpec, record

ASKED = Dispatch(tenant=ACME, command=WithdrawIp(ip=IP), cycle=Position(1))
STOP = Dispatch(tenant=ACME, command=StopIp(ip=IP, zones={}, looked=Position(1)), cycle=Position(1))
REFUSALS = ReactorSpec(REFUSAL_REACTOR)


def minutes(number: int) -> datetime:
    return DAY_1 + timedelta(minutes=number)


def refused(effect: Dispatch) -> EffectRefused:
    return EffectRefused(
        key=effect.key,
        effect=effect.kind,
        target=effect.target,
        why="a race was lost",
        of_stop=effect.stop,
    )


def waits(effect: Dispatch, times: int) -> int:
    """Minutes until it may be begun again, refused so often on DAY_1."""
    views = Views(PROJECTIONS)
    for n in range(times):
        list(views.fold(record(n + 1, refused(effect))))
    gate = Gate(views)
    return next(m for m in range(60) if not gate.settled(effect, minutes(m)))


def test_what_was_refused_waits_longer_each_time_and_a_stop_a_minute() -> None:
    assert [waits(ASKED, times) for times in range(7)] == [0, 1, 2, 4, 8, 15, 15]
    assert [waits(STOP, times) for times in range(7)] == [0, 1, 1, 1, 1, 1, 1]


def test_somebody_looks_again_when_its_time_has_come_and_then_no_more() -> None:
    assert REFUSALS.wakes([refused(ASKED)]) == minutes(1)
    assert REFUSALS.wakes([refused(ASKED), (minutes(1), refused(ASKED))]) == minutes(3)
    assert REFUSALS.wakes([refused(ASKED)], minutes(1)) is None
    stuck = EffectStuck(key=ASKED.key, effect=ASKED.kind)
    assert REFUSALS.wakes([refused(ASKED), stuck]) is None
