"""Alerts that say anything."""

from datetime import timedelta

from hypothesis import strategies as st

from engine.ids import TenantId
from engine.projections.alerts import Alert
from engine.values.alert import SEVERITIES
from tests.support.spec import ACME, DAY_1

NASTY = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("<>&🔴"))
LONG = st.builds(lambda text, times: text * times, NASTY, st.integers(1, 300))
FACTS = st.dictionaries(st.sampled_from(["IP", "Why", "Next", "<b>", "Seen"]), LONG)


@st.composite
def alerts(draw: st.DrawFn, name: str = "", tenant: TenantId | None = None) -> Alert:
    """Of any cause and tenant, or of one."""
    subject = draw(st.text("abc.:-9", min_size=1, max_size=80))
    named = name or draw(st.sampled_from(["ip_listed", "disk"]))
    return Alert(
        key=f"{ACME}/{named}/{subject}",
        tenant=tenant or draw(st.sampled_from([ACME, None, TenantId("rival")])),
        name=named,
        subject=subject,
        severity=draw(st.sampled_from(SEVERITIES)),
        title=draw(NASTY),
        facts=draw(FACTS),
        episode=1,
        firing=draw(st.booleans()),
        since=DAY_1 + timedelta(minutes=draw(st.integers(0, 3))),
        over_at=DAY_1 + timedelta(minutes=draw(st.integers(0, 99_999))),
    )
