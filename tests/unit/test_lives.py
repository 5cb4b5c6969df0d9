"""Whatever people ask, lists say, mail brings and clocks do: what never happens to an address.

``python -m tests.unit.test_lives 2000`` tries more stories than the test does.
"""

import sys
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.commands.ip import (
    IpCommand,
    QuarantineIp,
    RecordRemedy,
    RegisterIp,
    ReleaseIp,
    RequestWarmup,
    RetireIp,
    StopIp,
)
from engine.commands.ip_listing import AcknowledgeListing, ReleaseStop
from engine.commands.ip_pause import PauseIp, ResumeIp
from engine.commands.ip_suspension import EndSuspension, SuspendIp
from engine.commands.ip_warmup import HoldWarmup, ResumeWarmup, SkipStage, StepBackStage
from engine.commands.tenant import ChangeTenant, EndReview
from engine.events.dns import FcrdnsLooked
from engine.events.rollout import RolloutEnded, RolloutUnknown
from engine.ids import IpAddr, Position, Zone
from engine.projections import PROJECTIONS
from engine.projections.ip_row import IpRow
from engine.projections.quotas import QUOTAS
from engine.reactors import guards
from engine.rules import days, listing
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.warmup import plans
from engine.values.evidence import Guards
from engine.values.levers import STOPPED
from engine.values.plan import Plan
from engine.values.traffic import Counts
from engine.values.verdict import Answer, Verdict
from tests.support.laws import Laws, cap
from tests.support.lives import Lives
from tests.support.spec import ACME, HOSTNAME, IP, NODE, OTHER, PSBL, PURPOSE, ZEN

ADDRESSES = (IP, OTHER)
PLANS = (
    None,
    plans.named("default"),
    plans.own([10, 50, 200], stage_days=1, active_per_day=400),
    plans.own([20, 100], stage_days=2, interpolation="geometric"),
)


class Stories(RuleBasedStateMachine):
    lives: Lives

    @initialize(
        counted=st.booleans(),
        day_tz=st.sampled_from(["UTC", "America/New_York", "Pacific/Kiritimati"]),
        quota=st.sampled_from([None, None, 300, 5_000]),
        plan=st.sampled_from(PLANS),
    )
    def begins(self, counted: bool, day_tz: str, quota: int | None, plan: Plan | None) -> None:
        self.lives = Lives(Laws(), counted=counted, day_tz=day_tz, quota=quota)
        self.registers(IP, auto=True)
        if plan:
            self._ask(RequestWarmup(ip=IP, plan=plan))
        self.points_back(IP, found=True)
        self.lives.looked(IP, {})
        self.lives.settle()

    # --- people ----------------------------------------------------------------------------------

    def _ask(self, command: IpCommand) -> None:
        self.lives.ask(command)
        self.lives.settle()

    @rule(ip=st.sampled_from(ADDRESSES), auto=st.booleans())
    def registers(self, ip: IpAddr, auto: bool) -> None:
        self._ask(
            RegisterIp(
                ip=ip,
                node=NODE,
                purpose=PURPOSE,
                hostname=HOSTNAME,
                warmup="auto" if auto else "manual",
                day_tz=self.lives.day_tz,
            )
        )

    @rule(ip=st.sampled_from(ADDRESSES), plan=st.sampled_from(PLANS))
    def asks_for_a_warm_up(self, ip: IpAddr, plan: Plan | None) -> None:
        self._ask(RequestWarmup(ip=ip, plan=plan))

    @rule(ip=st.sampled_from(ADDRESSES), what=st.sampled_from(["hold", "resume", "back", "skip"]))
    def changes_a_warm_up(self, ip: IpAddr, what: str) -> None:
        row = self.lives.row(ip)
        match what:
            case "hold":
                self._ask(HoldWarmup(ip=ip, reason="x"))
            case "resume":
                self._ask(ResumeWarmup(ip=ip, reason="x"))
            case "back":
                self._ask(StepBackStage(ip=ip, stage=row.stage - 1, reason="x"))
            case _:
                self._skip(row)
                self._skip(self.lives.row(ip))

    def _skip(self, row: IpRow) -> None:
        """As the API asks for it."""
        held = guards.check(row, DEFAULT)
        if isinstance(held, Guards) and row.first_day and not row.review:
            stage, entered = row.stage + 1, row.first_day
            self._ask(SkipStage(ip=row.ip, stage=stage, entered=entered, guards=held, reason="x"))

    @rule(
        ip=st.sampled_from(ADDRESSES),
        what=st.sampled_from(["quarantine", "release", "retire", "rest", "remedy"]),
    )
    def takes_out_and_lets_back(self, ip: IpAddr, what: str) -> None:
        words: dict[str, IpCommand] = {
            "quarantine": QuarantineIp(ip=ip, reason="x"),
            "release": ReleaseIp(ip=ip, reason="x"),
            "retire": RetireIp(ip=ip, how="steps"),
            "rest": RetireIp(ip=ip, how="at_once"),
            "remedy": RecordRemedy(ip=ip, cause="a list", remedy="gone"),
        }
        self._ask(words[what])

    @rule(
        ip=st.sampled_from(ADDRESSES),
        what=st.sampled_from(["pause", "pause", "resume", "suspend", "end"]),
    )
    def holds_it_still(self, ip: IpAddr, what: str) -> None:
        words: dict[str, IpCommand] = {
            "pause": PauseIp(ip=ip, reason="x"),
            "resume": ResumeIp(ip=ip),
            "suspend": SuspendIp(ip=ip, reason="x"),
            "end": EndSuspension(ip=ip),
        }
        self._ask(words[what])

    @rule(ip=st.sampled_from(ADDRESSES), zone=st.sampled_from([ZEN, PSBL]), bears=st.booleans())
    def judges_a_listing(self, ip: IpAddr, zone: Zone, bears: bool) -> None:
        until = self.lives.now + timedelta(days=20)
        if bears:
            self._ask(AcknowledgeListing(ip=ip, zone=zone, until=until, reason="x"))
        else:
            self._ask(ReleaseStop(ip=ip, suspected=(ZEN, PSBL), reason="x"))

    @rule(quota=st.sampled_from([None, 3, 100, 700, 20_000]))
    def changes_the_quota(self, quota: int | None) -> None:
        self.lives.ask(ChangeTenant(slug=ACME, quota=quota))
        self.lives.settle()

    @precondition(lambda self: self.lives.views.get(QUOTAS, ACME).review_since)
    @rule()
    def ends_the_review(self) -> None:
        addresses = tuple(sorted(row.ip for row in self.lives.rows()))
        self.lives.ask(EndReview(slug=ACME, reason="x", addresses=addresses))
        self.lives.settle()

    # --- the world -------------------------------------------------------------------------------

    @rule(ip=st.sampled_from(ADDRESSES), found=st.sampled_from([True, True, False, None]))
    def points_back(self, ip: IpAddr, found: bool | None) -> None:
        names = None if found is None else (HOSTNAME,)
        confirmed = None if found is None else (HOSTNAME,) if found else ()
        if self.lives.row(ip).ip:
            looked = FcrdnsLooked(ip=ip, names=names, confirmed=confirmed)
            self.lives.happens(f"dns-{ip}", looked)
            self.lives.settle()

    @rule(ip=st.sampled_from(ADDRESSES), zone=st.sampled_from([ZEN, PSBL]))
    def is_listed(self, ip: IpAddr, zone: Zone) -> None:
        for _ in range(2):
            self.is_looked_at(ip, zone, "listed", proved=True)

    @rule(
        ip=st.sampled_from(ADDRESSES),
        zone=st.sampled_from([ZEN, PSBL]),
        says=st.sampled_from(["listed", "listed", "clean", "refused", "unanswered"]),
        proved=st.sampled_from([True, True, True, False]),
    )
    def is_looked_at(self, ip: IpAddr, zone: Zone, says: Verdict, proved: bool) -> None:
        codes = ("127.0.0.2",) if says == "listed" else ()
        answer = Answer(says, proof="proved" if proved else "unproved", codes=codes)
        if self.lives.row(ip).ip:
            self.lives.looked(ip, {zone: answer})
            self.lives.settle()
            self.lives.now += timedelta(minutes=6)

    @rule(ending=st.sampled_from(["done", "failed", "unknown"]))
    def a_rollout_ends(self, ending: str) -> None:
        stream = f"rollout-{NODE}/{ACME}"
        match ending:
            case "done":
                self.lives.told()
            case "failed":
                failed = RolloutEnded(node=NODE, ending="failed", why="refused")
                self.lives.happens(stream, failed)
            case _:
                unknown = RolloutUnknown(node=NODE, attempt=1, why="silent")
                self.lives.happens(stream, unknown)
        self.lives.settle()

    # --- time ------------------------------------------------------------------------------------

    @rule(hours=st.integers(0, 30), minutes=st.integers(0, 59))
    def hours_pass(self, hours: int, minutes: int) -> None:
        self.lives.now += timedelta(hours=hours, minutes=minutes)
        self.lives.settle()

    @rule(zone=st.sampled_from(["-11:00", "-05:00", "+00:00", "+01:00", "+09:00"]))
    def the_node_tells_its_time(self, zone: str) -> None:
        self.lives.counts_by(zone)
        self.lives.settle()

    @rule(hours=st.sampled_from([-5, 1, 30, 200]))
    def the_clock_is_set(self, hours: int) -> None:
        self.lives.clock_is_set(timedelta(hours=hours))
        self.lives.settle()

    @rule(
        n=st.integers(1, 9),
        share=st.sampled_from([0, 5, 100, 100]),
        bad=st.sampled_from([0, 0, 0, 6, 30]),
    )
    def days_pass(self, n: int, share: int, bad: int) -> None:
        """``share`` percent of each cap goes out, and ``bad`` percent of that is refused."""

        def mail(row: IpRow) -> Counts:
            sent = cap(row.vmta.levers) * share // 100
            return Counts(delivered=sent - sent * bad // 100, hard=sent * bad // 100)

        self.lives.pass_days(n, mail)

    @rule(n=st.integers(1, 3))
    def bad_days_pass(self, n: int) -> None:
        self.days_pass(n, share=100, bad=30)

    @rule(
        ip=st.sampled_from(ADDRESSES),
        hours=st.integers(1, 30),
        first=st.sampled_from(["hold", "back", "quarantine", "retire", "list", "pause"]),
    )
    def somebody_is_faster(self, ip: IpAddr, hours: int, first: str) -> None:
        """Between what the engine saw and what it asks for."""
        self.lives.now += timedelta(hours=hours)
        due = self.lives.due()
        stage = self.lives.row(ip).stage
        words: dict[str, IpCommand] = {
            "hold": HoldWarmup(ip=ip, reason="x"),
            "back": StepBackStage(ip=ip, stage=stage - 1, reason="x"),
            "quarantine": QuarantineIp(ip=ip, reason="x"),
            "retire": RetireIp(ip=ip, how="at_once"),
            "pause": PauseIp(ip=ip, reason="x"),
            "list": StopIp(ip=ip, zones={ZEN: ("127.0.0.2",)}, looked=Position(1)),
        }
        self.lives.ask(words[first])
        for effect in due:
            self.lives.carry_out(effect)
        self.lives.settle()

    @rule(days_off=st.integers(1, 40))
    def the_engine_is_off(self, days_off: int) -> None:
        self.lives.now += timedelta(days=days_off)
        self.crashes()
        self.lives.settle()

    @rule()
    def crashes(self) -> None:
        before = self.lives.crashes()
        for projection in PROJECTIONS:
            assert before.of(projection) == self.lives.views.of(projection)

    # --- at rest ---------------------------------------------------------------------------------

    @invariant()
    def what_a_list_stopped_sends_nothing(self) -> None:
        for row in self.lives.rows():
            words = row.lists.words
            for zone in listing.confirmed(words.standing):
                stops = DEFAULT[zone].action in ("standby", "retire")
                borne = zone in words.acknowledged or words.doubted(zone)
                assert not stops or borne or row.vmta.levers == STOPPED, (row.ip, zone)

    @invariant()
    def caps_stay_within_the_quota(self) -> None:
        view = self.lives.views.get(QUOTAS, ACME)
        rows = self.lives.rows()
        assert view.given == sum(cap(row.vmta.levers) for row in rows)
        floor = len([row for row in rows if cap(row.vmta.levers)])
        assert view.quota is None or view.given <= max(view.quota, floor)

    @invariant()
    def days_are_the_tenants(self) -> None:
        for row in self.lives.rows():
            assert row.first_day is None or row.first_day <= days.day_of(self.lives.now, row.day_tz)


Stories.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_what_never_happens_to_an_address = Stories.TestCase


if __name__ == "__main__":
    many = settings(max_examples=int(sys.argv[1]), stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Stories, settings=many)
