"""An alert as people read it: always readable by Telegram, and never longer than a message."""

from hypothesis import given, settings

from engine.demo.telegram_html import visible
from engine.demo.telegram_wire import TEXT_MAX
from engine.projections.alerts import Alert
from engine.reactors.alert_text import message, resolution
from engine.rules.chat_html import plain
from tests.support.alert_samples import alerts
from tests.support.spec import DAY_1


def length(html: str) -> int:
    return len(visible(html).encode("utf-16-le")) // 2


@given(alerts())
@settings(max_examples=100)
def test_one_alert_is_readable_and_fits_whatever_it_says(one: Alert) -> None:
    assert 0 < length(message(one)) <= TEXT_MAX
    assert one.id in visible(message(one))
    assert 0 < length(resolution(one)) <= TEXT_MAX


def test_for_mail_the_words_are_left_as_they_were_written() -> None:
    one = Alert(key="acme/x/<y>", title="a <b> & c", facts={"Why": "550 <me@example.com> &amp;"},
                episode=1, since=DAY_1)  # fmt: skip
    assert "a <b> & c" in plain(message(one))
    assert "Why: 550 <me@example.com> &amp;" in plain(message(one))
