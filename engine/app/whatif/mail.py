"""The mail of one address: what goes out while its levers stand so, and what becomes of it.

Mail comes evenly through the day, as MailWizz spreads a day's quota, and whatever is over the cap
of the day stays behind.  Accounting counts it: an hour's row for each stretch between two changes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.app.whatif.draws import Draws
from engine.app.whatif.fleet import Ip, Rates
from engine.projections.traffic import merged
from engine.rules.rates.gates import REPORTING
from engine.values.levers import STOPPED, Levers, PerDay, Unlimited
from engine.values.traffic import Counts

DAY_S = 86_400
ROUNDING = 1e-6  # of a message: a day in pieces is as long as a whole one

ByProvider = dict[str, Counts]


class Sent(NamedTuple):
    """One day of one address."""

    offered: int  # messages there were to send
    most: int  # the highest cap of the day; 0: nothing may go out
    counts: Counts


class Sender:
    """``providers``: of what those before it leave over, the share of each; the last takes all."""

    def __init__(
        self, one: Ip, providers: Mapping[str, float], draws: Draws, day_tz: str, at: datetime
    ) -> None:
        self._one, self._providers, self._draws = one, providers, draws
        self._tz = ZoneInfo(day_tz)
        self._levers, self._still = STOPPED, False
        self._day = 1
        self._since = at
        self._new_day()

    def _new_day(self) -> None:
        self._owed = 0.0  # of a message
        self._attempts = 0
        self._most = self._cap
        self._hours: dict[datetime, ByProvider] = {}

    @property
    def _cap(self) -> int:
        """What may go out a day as its levers stand."""
        if self._still or self._levers.intake == "closed":
            return 0
        match self._levers.output:
            case PerDay(cap=cap):
                return cap
            case Unlimited():
                return self._one.volume.on(self._day)
            case _:
                return 0

    def told(self, levers: Levers, at: datetime) -> None:
        self._settle(at)
        self._levers = levers
        self._most = max(self._most, self._cap)

    def paused(self, still: bool, at: datetime) -> None:
        self._settle(at)
        self._still = still
        self._most = max(self._most, self._cap)

    def ended(self, at: datetime) -> tuple[Sent, dict[datetime, ByProvider]]:
        """The day, and its rows of accounting; the next one begins."""
        self._settle(at)
        counts = sum((one for of in self._hours.values() for one in of.values()), Counts())
        day, hours = Sent(self._one.volume.on(self._day), self._most, counts), self._hours
        self._day += 1
        self._new_day()
        return day, hours

    def _settle(self, now: datetime) -> None:
        seconds = (now - self._since).total_seconds()
        self._owed += min(self._cap, self._one.volume.on(self._day)) * seconds / DAY_S
        attempts = min(int(self._owed + ROUNDING), self._most - self._attempts)
        if attempts > 0:
            self._owed -= attempts
            self._attempts += attempts
            hour = self._hour()
            self._hours[hour] = merged(self._hours.get(hour, {}), self._fate(attempts))
        self._since = now

    def _hour(self) -> datetime:
        """Of its tenant's clock, in which the stretch began."""
        local = self._since.astimezone(self._tz)
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)

    def _fate(self, attempts: int) -> ByProvider:
        place = (self._one.ip, self._day, self._attempts)
        left = attempts
        found: ByProvider = {}
        for provider, of_the_rest in self._providers.items():
            tried = self._draws.binomial(left, of_the_rest, *place, provider)
            left -= tried
            if tried:
                reports = provider in REPORTING
                found[provider] = fate(
                    tried, self._one.rates, self._draws, (*place, provider), reports=reports
                )
        return found


def fate(
    attempts: int, rates: Rates, draws: Draws, place: tuple[object, ...], *, reports: bool
) -> Counts:
    """Complaints are heard of only where the provider reports them."""
    deferred = draws.binomial(attempts, rates.deferral, *place, "deferral")
    hard = draws.binomial(attempts - deferred, rates.bounce, *place, "bounce")
    block = draws.binomial(attempts - deferred - hard, rates.block, *place, "block")
    delivered = attempts - deferred - hard - block
    complaints = draws.binomial(delivered, rates.complaint, *place, "complaint") if reports else 0
    return Counts(
        delivered=delivered, deferred=deferred, hard=hard, block=block, complaints=complaints
    )
