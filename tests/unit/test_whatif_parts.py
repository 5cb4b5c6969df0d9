"""What a simulation is made of: chance, volumes, listings to come, the fleet file, the mail."""

from datetime import UTC, date, datetime, timedelta
from math import comb, sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app.whatif import draws, listings
from engine.app.whatif.draws import Draws, binomial, uniform
from engine.app.whatif.fleet import Fleet, Rates
from engine.app.whatif.fleet_file import load, read
from engine.app.whatif.listings import Listed
from engine.app.whatif.log import UnwrittenLog
from engine.app.whatif.mail import Sender, fate
from engine.app.whatif.volume import Volume, volume
from engine.errors import StartRefused, VersionConflict
from engine.events.authority import AuthoritySet
from engine.ids import Actor, EventId, IpAddr, Version, Zone
from engine.ports import New, Slice
from engine.rules.warmup import plans
from engine.rules.warmup.ladders import LADDERS
from engine.values.levers import STOPPED, Levers, PerDay
from tests.support.simloop import run

DAY = timedelta(days=1)
START = datetime(2026, 1, 5, tzinfo=UTC)
ONE: dict[str, Any] = {
    "tenants": [{"slug": "acme"}],
    "ips": [{"address": "192.0.2.1", "tenant": "acme"}],
}


def fleet(**of_ip: Any) -> Fleet:
    return read(ONE | {"ips": [ONE["ips"][0] | of_ip]}, "fleet.toml")


def sender(**of_ip: Any) -> Sender:
    known = fleet(**of_ip)
    return Sender(known.ips[0], known.providers, Draws(1), "UTC", START)


# --- chance --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (12, 0.05), (40, 0.3), (60, 0.97)])
def test_draws_come_as_often_as_the_binomial_distribution_says(n: int, p: float) -> None:
    times = 20_000
    found = [binomial(n, p, (number + 0.5) / times) for number in range(times)]
    for k in range(n + 1):
        expected = comb(n, k) * p**k * (1 - p) ** (n - k)
        assert found.count(k) / times == pytest.approx(expected, abs=2 / times + 1e-9)


@given(
    n=st.integers(0, 3_000_000),
    p=st.floats(0, 1),
    chance=st.floats(1e-12, 1 - 1e-12),
)
def test_a_draw_is_never_less_than_nothing_nor_more_than_all(
    n: int, p: float, chance: float
) -> None:
    assert 0 <= binomial(n, p, chance) <= n


def test_large_numbers_stay_near_their_mean() -> None:
    n, p = 1_000_000, 0.03
    found = [Draws(7).binomial(n, p, "place", number) for number in range(200)]
    mean = sum(found) / len(found)
    assert abs(mean - n * p) < 4 * sqrt(n * p * (1 - p) / len(found))
    assert len(set(found)) > 150


def test_the_same_place_draws_the_same_and_another_place_another() -> None:
    assert uniform(1, "192.0.2.1", 3) == uniform(1, "192.0.2.1", 3)
    places = {uniform(seed, ip, day) for seed in (1, 2) for ip in "ab" for day in range(50)}
    assert len(places) == 200
    assert all(0 < one < 1 for one in places)
    assert draws.NEGLIGIBLE < 1e-15


# --- volumes and listings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "ninth_week"),
    [
        ("20000/day", 20_000, 20_000),
        ("20,000", 20_000, 20_000),
        ("140000/week", 20_000, 20_000),
        ("1000/day+100%/week", 1_000, 256_000),
        ("1024/day-50%/week", 1_024, 4),
    ],
)
def test_a_volume_is_read_and_grows_from_week_to_week(
    text: str, first: int, ninth_week: int
) -> None:
    found = volume(text)
    assert (found.on(1), found.on(7), found.on(57)) == (first, first, ninth_week)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20000/dya", "write it as 20000/day"),
        ("", "write it as"),
        ("-5/day", "write it as"),
        ("1/day+101%/week", "grows by more than 100 %"),
        ("1000000001/day", "more than 1,000,000,000"),
    ],
)
def test_what_is_no_volume_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("+", r"\+")):
        volume(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.1@week3", Listed(IpAddr("192.0.2.1"), 15)),
        ("192.0.2.1@day12+5d", Listed(IpAddr("192.0.2.1"), 12, 5)),
        (
            "2001:DB8::1@week1+2d@psbl.surriel.com",
            Listed(IpAddr("2001:db8::1"), 1, 2, Zone("psbl.surriel.com")),
        ),
    ],
)
def test_a_listing_to_come_is_read(text: str, found: Listed) -> None:
    assert listings.parse(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("192.0.2.1", "write ADDRESS@week3"),
        ("192.0.2.1@weak3", "write ADDRESS@week3"),
        ("192.0.2.1@day0", "write ADDRESS@week3"),
        ("192.0.2.1@day1+0d", "at least a day"),
        ("192.0.2.300@day1", "192.0.2.300"),
        ("192.0.2.1@day1@zen.spamhaus.com", "did you mean `zen.spamhaus.org`"),
    ],
)
def test_what_is_no_listing_says_what_was_meant(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        listings.parse(text)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Listed(IpAddr("192.0.2.2"), 1), "not in the fleet; did you mean `192.0.2.1`"),
        (Listed(IpAddr("192.0.2.1"), 15), "day 15, and the simulation ends with day 14"),
    ],
)
def test_a_listing_in_vain_is_refused(one: Listed, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        listings.check(one, [IpAddr("192.0.2.1")], 14)


def test_a_listing_stands_for_its_days_and_not_a_moment_longer() -> None:
    one = Listed(IpAddr("192.0.2.1"), 3, 2)
    moments = [START + 2 * DAY, START + 4 * DAY]
    before = timedelta(microseconds=1)
    assert [one.stands(at, START) for at in moments] == [True, False]
    assert [one.stands(at - before, START) for at in moments] == [False, True]


# --- the file ------------------------------------------------------------------------------------


def test_what_an_address_does_not_say_is_as_in_traffic() -> None:
    table = ONE | {"traffic": {"volume": "300/day", "bounce": 0.04, "providers": {"gmail": 1}}}
    table["ips"] = [*ONE["ips"], {"address": "192.0.2.2", "tenant": "acme", "bounce": 0.2}]
    first, second = read(table, "fleet.toml").ips
    assert first.volume == second.volume == Volume(300)
    assert (first.rates.bounce, second.rates.bounce) == (0.04, 0.2)
    assert first.rates.block == second.rates.block > 0


def test_a_volume_for_everywhere_takes_the_place_of_all_in_the_file() -> None:
    table = ONE | {"ips": [ONE["ips"][0] | {"volume": 7}]}
    assert read(table, "x", Volume(5)).ips[0].volume == Volume(5)


@pytest.mark.parametrize("name", sorted(LADDERS))
def test_every_ladder_is_known_by_its_name(name: str) -> None:
    assert fleet(ladder=name).ips[0].plan == plans.named(name)


def test_an_own_table_is_checked_like_any_other() -> None:
    found = fleet(caps=[10, 40], stage_days=3).ips[0].plan
    assert (found.caps, found.stage_days) == ((10, 40), 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"trafic": {}}, "no key `trafic`; did you mean `traffic`"),
        ({"traffic": {"bounces": 0.1}}, r"`bounces` \(at traffic\); did you mean `bounce`"),
        ({"tenants": [{"slugs": "acme"}]}, "did you mean `slug`"),
        ({"ips": [{"adress": "192.0.2.1", "tenant": "acme"}]}, "did you mean `address`"),
        ({"ips": [{"address": "192.0.2.1", "tenant": "acem"}]}, "did you mean `acme`"),
        ({"ips": [{"address": "192.0.2.1", "tenant": "acme", "ladder": "sendgird"}]}, "sendgrid"),
        (
            {"ips": [*ONE["ips"], *ONE["ips"]]},
            r"ips\[1\].address \(192.0.2.1\): it is in the file twice",
        ),
        ({"ips": []}, "there is no address"),
        ({"ips": [ONE["ips"][0] | {"caps": []}]}, "at least one stage"),
        ({"ips": [ONE["ips"][0] | {"caps": [50, 20]}]}, "stage 2: 20 a day falls below"),
        ({"ips": [ONE["ips"][0] | {"caps": [50], "ladder": "sendgrid"}]}, "keep one of them"),
        ({"ips": [ONE["ips"][0] | {"bounce": 1.5}]}, "<= 1"),
        ({"ips": [ONE["ips"][0] | {"volume": "a lot"}]}, "no volume"),
        ({"tenants": [{"slug": "acme", "day_tz": "Europe/Bern"}]}, "no time zone"),
        (
            {"tenants": [{"slug": "acme"}, {"slug": "acme"}]},
            r"tenants\[1\].slug \(acme\): it is in the file twice",
        ),
        ({"traffic": {"providers": {"gmial": 1}}}, "did you mean `gmail`"),
        ({"traffic": {"providers": {"gmail": 0}}}, "> 0"),
    ],
)
def test_a_wrong_file_says_where_what_and_what_was_meant(change: dict[str, Any], said: str) -> None:
    with pytest.raises(StartRefused, match=said) as refused:
        read(ONE | change, "fleet.toml")
    assert str(refused.value).startswith("fleet.toml: ")


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    torn = tmp_path / "torn.toml"
    torn.write_text("[[ips]\n")
    for path in (torn, tmp_path / "none.toml", tmp_path):
        with pytest.raises(StartRefused, match=str(path)):
            load(path)


# --- the mail of an address -----------------------------------------------------------------------


def test_a_day_sends_its_cap_and_what_there_is_and_no_more() -> None:
    for offered, sends in (("1/day", 1), ("199/day", 199), ("200/day", 200), ("9000/day", 200)):
        one = sender(volume=offered)
        one.told(Levers("open", PerDay(200)), START)
        day, _ = one.ended(START + DAY)
        assert day.counts.attempts == sends, offered


@given(
    hours=st.lists(st.integers(0, 24 * 60), max_size=6).map(sorted),
    caps=st.lists(st.integers(0, 5_000), min_size=6, max_size=6),
)
def test_whatever_it_is_told_in_a_day_it_never_sends_above_the_highest_of_its_caps(
    hours: list[int], caps: list[int]
) -> None:
    one, most = sender(), 0
    for minute, cap in zip(hours, caps, strict=False):
        one.told(Levers("open", PerDay(cap)) if cap else STOPPED, START + timedelta(minutes=minute))
        most = max(most, cap)
    day, hourly = one.ended(START + DAY)
    assert day.counts.attempts <= most == day.most
    assert all(START <= hour < START + DAY for hour in hourly)


def test_what_is_stopped_or_paused_sends_nothing_from_then_on() -> None:
    noon = START + DAY / 2
    stopped, still = sender(), sender()
    for one in (stopped, still):
        one.told(Levers("open", PerDay(200)), START)
    stopped.told(STOPPED, noon)
    still.paused(True, noon)
    for one in (stopped, still):
        assert one.ended(START + DAY)[0].counts.attempts == 100
        assert one.ended(START + 2 * DAY)[0].counts.attempts == 0


def test_a_closed_intake_lets_nothing_new_out() -> None:
    one = sender()
    one.told(Levers("closed", PerDay(200)), START)
    assert one.ended(START + DAY)[0].counts.attempts == 0


def test_the_day_on_which_clocks_go_back_sends_no_more_than_any_other() -> None:
    one = sender()
    one.told(Levers("open", PerDay(200)), START)
    assert one.ended(START + timedelta(hours=25))[0].counts.attempts == 200


@pytest.mark.parametrize(("cap", "every"), [(50, 11), (500, 60), (500, 7), (1_500, 13)])
def test_a_day_in_pieces_is_as_long_as_a_whole_one(cap: int, every: int) -> None:
    one = sender()
    one.told(Levers("open", PerDay(cap)), START)
    for minutes in range(every, 24 * 60, every):
        one.paused(False, START + timedelta(minutes=minutes))
    assert one.ended(START + DAY)[0].counts.attempts == cap


def test_half_a_message_is_not_carried_into_the_next_day() -> None:
    one = sender(volume=1)
    one.told(Levers("open", PerDay(50)), START)
    days = [one.ended(START + DAY * n / 2)[0] for n in (1, 2)]
    assert [day.counts.attempts for day in days] == [0, 0]


def test_rows_lie_within_the_day_of_the_tenants_calendar() -> None:
    known = fleet()
    begins = datetime(2026, 1, 5, 5, tzinfo=UTC) - timedelta(minutes=30)
    one = Sender(known.ips[0], known.providers, Draws(1), "Asia/Kolkata", begins)
    one.told(Levers("open", PerDay(200)), begins + timedelta(hours=1, minutes=10))
    _, rows = one.ended(begins + DAY)
    assert list(rows) == [datetime(2026, 1, 5, 5, 30, tzinfo=UTC)], "a full hour of India's clock"


def test_every_attempt_has_one_fate_and_complaints_come_from_who_reports_them() -> None:
    rates = Rates(bounce=0.1, block=0.1, complaint=0.2, deferral=0.3)
    loud = fate(10_000, rates, Draws(3), ("here",), reports=True)
    quiet = fate(10_000, rates, Draws(3), ("here",), reports=False)
    assert loud.attempts == quiet.attempts == 10_000
    assert (quiet.complaints, loud.complaints > 500) == (0, True)
    assert min(loud.deferred, loud.hard, loud.block) > 500


# --- the log -------------------------------------------------------------------------------------


def test_a_decision_on_a_version_that_has_gone_by_is_refused_whole() -> None:
    class Clock:
        def now(self) -> datetime:
            return START

        async def wait_until(self, instant: datetime) -> None:
            raise AssertionError(instant)

    def slice_of(stream: str, expected: int | None) -> Slice:
        event = AuthoritySet(over="engine", mode="act", why="a test")
        version = None if expected is None else Version(expected)
        new = New(EventId("0"), event)
        return Slice(stream=stream, tenant=None, events=[new], expected=version)

    async def tried() -> int:
        log = UnwrittenLog(Clock())
        both = [slice_of("a", 0), slice_of("a", 1)]
        await log.append(both, actor=Actor("engine"), cause="")
        for wrong in (1, 3):
            torn = [slice_of("b", None), slice_of("a", wrong)]
            with pytest.raises(VersionConflict):
                await log.append(torn, actor=Actor("engine"), cause="")
        return await log.head()

    assert run(tried) == 2


def test_the_fleet_begins_where_its_file_says() -> None:
    assert read(ONE | {"start": date(2026, 3, 2)}, "x").start == date(2026, 3, 2)
