"""Many alerts as few messages: split between alerts, never inside one."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.demo.telegram_html import visible
from engine.demo.telegram_wire import TEXT_MAX
from engine.ids import AlertId, TenantId
from engine.projections.alerts import Alert
from engine.reactors import alert_messages, alert_text
from engine.reactors.alert_messages import HELD_MAX, Part, beside, digest, lines, split
from engine.reactors.alert_text import SHORTENED, TEXTS
from engine.rules.chat_html import ROOM, fits, safe, shortened, units
from tests.support.alert_samples import alerts
from tests.support.spec import ACME, DAY_1

MANY = st.one_of(
    st.lists(alerts(), min_size=1, max_size=40, unique_by=lambda one: one.key),
    st.lists(alerts("ip_listed", ACME), min_size=1, max_size=40, unique_by=lambda one: one.key),
)


def blacklisted(n: int, why: str = "") -> Alert:
    return Alert(
        key=f"acme/ip_listed/192.0.2.{n}",
        name="ip_listed",
        subject=f"192.0.2.{n}",
        title="IP blacklisted",
        severity="critical",
        episode=1,
        firing=True,
        since=DAY_1 + timedelta(minutes=n),
        tenant=ACME,
        facts={"Next": "find the cause", **({"Why": why} if why else {})},
    )


def readable(parts: Sequence[Part]) -> None:
    assert all(0 < len(visible(one.html).encode("utf-16-le")) // 2 <= TEXT_MAX for one in parts)


def held(parts: Sequence[Part]) -> list[str]:
    return [view.key for part in parts for view in part.views]


def names(part: Part) -> list[str]:
    return [view.subject for view in part.views]


def stands_whole(view: Alert, part: Part) -> bool:
    """With all that is known of it, but for what is longer than a fact may be."""
    said = [shortened(text, TEXTS[0]) for text in view.facts.values() if text]
    return all(safe(text) in part.html for text in said)


@given(MANY)
@settings(max_examples=70, deadline=None)
def test_every_alert_stands_in_exactly_one_readable_message_in_order(many: list[Alert]) -> None:
    ordered = [view.key for view in sorted(many, key=lambda one: (one.since, one.key))]
    for parts in (list(split(many)), list(split(many, named=True)), list(digest(many))):
        readable(parts)
        assert held(parts) == ordered
        assert all(safe(view.subject) in part.html for part in parts for view in part.views)


@given(st.lists(alerts("ip_listed", ACME), min_size=2, max_size=30, unique_by=lambda one: one.key))
@settings(max_examples=70, deadline=None)
def test_of_one_cause_each_stands_whole_however_many_there_are(many: list[Alert]) -> None:
    for part in split(many):
        assert not part.named
        if len(part.views) > 1:
            assert all(stands_whole(view, part) for view in part.views)


@given(MANY, MANY, st.booleans())
@settings(max_examples=70, deadline=None)
def test_what_is_there_stays_and_what_comes_joins_as_far_as_there_is_room(
    there: list[Alert], more: list[Alert], named: bool
) -> None:
    known = {view.key for view in there}
    more = [view for view in more if view.key not in known]
    part = beside(there, more, named=named)
    if part is None:
        assert len(there) > 1, "one alone is shortened until it fits"
        return
    readable([part])
    assert fits(part.html) or len(part.views) == 1
    assert known <= set(held([part])) <= known | {view.key for view in more}


@given(MANY, st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_message_that_was_written_is_written_alike_again(many: list[Alert], named: bool) -> None:
    for part in split(many, named=named):
        assert beside(part.views, (), named=named) == part
        assert beside((), part.views, named=named) == part


def test_what_fits_into_one_message_is_one() -> None:
    room = [blacklisted(n, f"{n} " + 320 * "x") for n in range(1, 11)]
    (one,) = split(room)
    assert 0.8 * ROOM < units(one.html) <= ROOM
    first, second = split([*room, blacklisted(11, 320 * "y")])
    assert names(first) + names(second) == [f"192.0.2.{n}" for n in range(1, 12)]
    assert "IP blacklisted: 7" in first.html
    assert "IP blacklisted: 4" in second.html
    assert all(part.html.count("find the cause") == 1 for part in (first, second))


def test_what_all_have_in_common_is_counted_in_each_message() -> None:
    said = {label: 890 * "c" for label in ("Node", "Cause", "Effect")}
    views = [blacklisted(n, f"{n} " + 100 * "x") for n in range(1, 60)]
    parts = list(split([replace(view, facts=view.facts | said) for view in views]))
    assert len(parts) > 2
    assert all(fits(part.html) for part in parts)
    assert all(part.html.count(890 * "c") == 3 for part in parts)


def test_new_messages_leave_room_for_the_outcomes_that_will_be_written_into_them() -> None:
    parts = split([blacklisted(n, f"{n} " + 300 * "x") for n in range(1, 40)])
    for part in parts:
        told = [replace(view, facts={**view.facts, "MailWizz": "off"}) for view in part.views]
        now = beside([], told, named=False)
        assert now is not None
        assert names(now) == names(part)


def test_who_has_outgrown_his_message_leaves_it_and_the_others_stay() -> None:
    there = [blacklisted(n, f"{n} " + 400 * "x") for n in range(1, 8)]
    grown = blacklisted(8, 880 * "z")
    part = beside(there, [grown], named=False)
    assert part is not None
    assert names(part) == [f"192.0.2.{n}" for n in range(1, 8)]
    assert beside([*there, grown], [], named=False) is None
    small = beside(there, [blacklisted(8, "z")], named=False)
    assert small is not None
    assert len(small.views) == 8


def test_no_message_holds_more_than_anybody_reads() -> None:
    many = [blacklisted(n) for n in range(1, 3 * HELD_MAX)]
    tiny = [replace(view, subject=str(n % 10)) for n, view in enumerate(many)]
    for parts in (list(split(tiny)), list(split(tiny, named=True)), list(digest(tiny))):
        readable(parts)
        assert held(parts) == [view.key for view in tiny]
        assert max(len(part.views) for part in parts) == HELD_MAX
    full = beside(tiny[:HELD_MAX], tiny[HELD_MAX:], named=True)
    assert full is not None
    assert len(full.views) == HELD_MAX
    part = beside(tiny[:9], tiny[9:], named=True)
    assert part is not None
    assert held([part]) == [view.key for view in tiny[:HELD_MAX]]


def test_the_name_of_each_tenant_is_counted_in_a_message_that_names_many() -> None:
    tenants = [TenantId(f"tenant-{n}-{30 * 'x'}") for n in range(200)]
    many = [
        replace(blacklisted(n), key=f"{tenant}/ip_listed/192.0.2.{n}", tenant=tenant)
        for n, tenant in enumerate(tenants)
    ]
    parts = list(digest(many))
    assert all(fits(part.html) for part in parts)
    assert held(parts) == [view.key for view in many]


@pytest.mark.parametrize("write", [split, digest])
def test_the_first_message_of_thousands_is_written_before_the_others_are_weighed(
    monkeypatch: pytest.MonkeyPatch, write: Callable[[list[Alert]], Iterator[Part]]
) -> None:
    weighed = Counter[str]()

    def counted(view: Alert) -> str:
        weighed[view.key] += 1
        return alert_text.subject(view)

    monkeypatch.setattr(alert_messages, "subject", counted)
    many = [blacklisted(n, f"{n} " + 300 * "x") for n in range(1, 4 * HELD_MAX)]
    parts = write(many)
    first = next(parts)
    assert set(weighed) <= {view.key for view in many[: len(first.views) + 1]}
    assert held([first, *parts]) == [view.key for view in many]
    assert max(weighed.values()) <= 4, "and none of them again and again"


def test_in_a_storm_those_of_one_cause_stand_in_one_line() -> None:
    many = [blacklisted(n, f"{n} " + 300 * "x") for n in range(1, 101)]
    other = replace(blacklisted(1), key="acme/x/pmta-1", name="x", title="A <disk>", subject="a&b")
    (one,) = digest([*many, other])
    assert one.named
    lines_ = visible(one.html).splitlines()
    assert lines_[0] == "🔴 101 alerts"
    assert lines_[1].startswith("IP blacklisted · acme: 🔴 192.0.2.1, 🔴 192.0.2.2, ")
    assert lines_[1].count("192.0.2.") == 100
    assert lines_[2] == "A <disk> · acme: 🔴 a&b"


@pytest.mark.parametrize(("length", "said"), [(TEXTS[0], False), (TEXTS[0] + 1, True)])
def test_what_is_shortened_says_where_the_whole_is(length: int, said: bool) -> None:
    (alone,) = split([blacklisted(1, length * "x")])
    (both,) = split([blacklisted(1, length * "x"), blacklisted(2)])
    assert [SHORTENED in part.html for part in (alone, both)] == [said, said]


@given(st.lists(st.text("ab🔴", max_size=300).map(safe), min_size=1, max_size=60))
def test_many_short_lines_are_few_messages(said: list[str]) -> None:
    found = lines(said)
    assert "\n".join(found) == "\n".join(said)
    assert all(fits(one) for one in found)
    for one, following in pairwise(found):
        assert units(one) + 1 + units(following.splitlines()[0] if following else "") > ROOM


def test_the_letters_of_a_name_are_counted_as_telegram_counts_them() -> None:
    assert units("<b>&lt;🔴</b>") == 3
    assert Counter(shortened("🔴" * 10, 9)) == {"🔴": 4, "…": 1}
    assert shortened("🔴🔴", 4) == "🔴🔴"
    assert shortened("abcd", 3) == "ab…"
    assert units(safe(AlertId("<b>"))) == 3
