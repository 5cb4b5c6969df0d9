"""An alert as people read it: always readable by Telegram, and never longer than a message."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.demo.telegram_html import visible
from engine.demo.telegram_wire import TEXT_MAX
from engine.ids import TenantId
from engine.projections.alerts import Alert
from engine.reactors.alert_text import message, plain, resolution, together
from engine.values.alert import SEVERITIES
from tests.support.spec import ACME, DAY_1

NASTY = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("<>&🔴"))
LONG = st.builds(lambda text, times: text * times, NASTY, st.integers(1, 300))
FACTS = st.dictionaries(st.sampled_from(["IP", "Why", "Next", "<b>", "Seen"]), LONG)


@st.composite
def alerts(draw: st.DrawFn, name: str = "") -> Alert:
    subject = draw(st.text("abc.:-9", min_size=1, max_size=80))
    named = name or draw(st.sampled_from(["ip_listed", "disk"]))
    return Alert(
        key=f"{ACME}/{named}/{subject}",
        tenant=draw(st.sampled_from([ACME, None, TenantId("rival")])),
        name=named,
        subject=subject,
        severity=draw(st.sampled_from(SEVERITIES)),
        title=draw(NASTY),
        facts=draw(FACTS),
        episode=1,
        firing=draw(st.booleans()),
        since=DAY_1,
        over_at=DAY_1 + timedelta(minutes=draw(st.integers(0, 99_999))),
    )


def length(html: str) -> int:
    return len(visible(html).encode("utf-16-le")) // 2


@given(alerts())
@settings(max_examples=100)
def test_one_alert_is_readable_and_fits_whatever_it_says(one: Alert) -> None:
    assert 0 < length(message(one)) <= TEXT_MAX
    assert one.id in visible(message(one))
    assert 0 < length(resolution(one)) <= TEXT_MAX


@given(st.lists(alerts(), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_many_alerts_fit_in_one_message_and_are_counted(many: list[Alert]) -> None:
    assert 0 < length(together(many)) <= TEXT_MAX


def test_what_does_not_fit_is_counted_and_never_cut_in_the_middle() -> None:
    many = [
        Alert(key=f"acme/ip_listed/192.0.2.{n}", name="ip_listed", subject=f"192.0.2.{n}",
              title="IP blacklisted", severity="critical", episode=1, firing=True, since=DAY_1,
              tenant=ACME, facts={"Why": f"{n} " + 300 * "x"})
        for n in range(200)
    ]  # fmt: skip
    lines = together(many).splitlines()
    assert lines[0] == "🔴 <b>200 alerts</b>"
    assert lines[-2] == "and 160 more"
    assert all("192.0.2." in line for line in lines[1:-2])


def test_for_mail_the_words_are_left_as_they_were_written() -> None:
    one = Alert(key="acme/x/<y>", title="a <b> & c", facts={"Why": "550 <me@example.com> &amp;"},
                episode=1, since=DAY_1)  # fmt: skip
    assert "a <b> & c" in plain(message(one))
    assert "Why: 550 <me@example.com> &amp;" in plain(message(one))
