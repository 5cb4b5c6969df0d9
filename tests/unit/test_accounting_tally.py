"""Rows to counts: whose they are, what became of them, in which hour, at which provider."""

from datetime import UTC, datetime

import pytest

from engine.ids import IpAddr, TenantId
from engine.rules.accounting import Counted, Owner, Owners, Records, Span, Tally, providers, times
from engine.rules.accounting.counted import JOBS_MAX
from engine.rules.accounting.outcomes import CATEGORIES, deleted, outcome
from engine.rules.accounting.providers import of_domain, of_host, of_queue, organisation
from engine.rules.replies import Replies
from engine.values.traffic import Counts, Said

ACME, OTHER = TenantId("acme"), TenantId("other")
IP = IpAddr("192.0.2.10")
COLUMNS = ["type", "timeLogged", "rcpt", "dsnStatus", "dsnDiag", "dsnMta", "bounceCat",
           "dlvSourceIp", "vmta", "jobId", "queue"]  # fmt: skip
NOW = int(datetime(2026, 2, 9, tzinfo=UTC).timestamp())
AT = "2026-02-08 21:54:05+0000"
HOUR = datetime(2026, 2, 8, 21, tzinfo=UTC)


def line(kind: str, **cells: str) -> str:
    usual = {
        "type": kind,
        "timeLogged": AT,
        "rcpt": "a@gmail.com",
        "dlvSourceIp": IP,
        "vmta": "acme--192-0-2-10",
        "jobId": "job1",
    } | cells
    return ",".join(f'"{usual.get(name, "")}"' for name in COLUMNS)


def tallied(
    *lines: str,
    columns: list[str] = COLUMNS,
    day_tz: str = "UTC",
    history: tuple[Span, ...] = (),
) -> Tally:
    owners = Owners({ACME: Owner(ACME, day_tz)}, lambda ip: history if ip == IP else ())
    tally, records = Tally(owners, Replies(), now=NOW), Records()
    for block in records.feed("\r\n".join([",".join(columns), *lines, ""]).encode()):
        tally.add(block)
    assert records.unreadable == 0
    return tally


def counted(*lines: str, day_tz: str = "UTC") -> Counted:
    return tallied(*lines, day_tz=day_tz).counts()[ACME]


def test_each_type_counts_as_what_became_of_the_message() -> None:
    found = counted(
        line("d"),
        line("d"),
        line("t"),
        line("tq", rcpt="", queue="gmail.rollup/acme--192-0-2-10"),
        line("b", bounceCat="bad-mailbox"),
        line("b", bounceCat="spam-related"),
        line("b", bounceCat="quota-issues"),
        line("b", bounceCat="house-rule"),
        line("f"),
        line("rb"),
        line("r"),
        line("rs"),
    )
    counts = found.hours[HOUR][IP]["gmail"]
    assert counts == Counts(
        delivered=2, deferred=1, hard=1, block=1, soft=1, other=1, complaints=1, remote=1, held=1
    )
    assert (counts.sent, counts.bounced, counts.attempts) == (6, 4, 7)


def test_columns_are_found_by_name_wherever_they_stand() -> None:
    other = ["type", "x", "jobId", "vmta", "dlvSourceIp", "rcpt", "timeLogged"]
    cells = ["d", "", "job1", "acme--192-0-2-10", IP, "a@yahoo.com", AT]
    found = tallied(",".join(cells), columns=other).counts()[ACME]
    assert found.hours == {HOUR: {IP: {"yahoo": Counts(delivered=1)}}}
    assert found.jobs == {IP: {"job1": Counts(delivered=1)}}


def test_a_message_that_an_administrator_deleted_is_no_bounce() -> None:
    tally = tallied(
        line("b", dsnStatus="5.0.0 (undefined status)", dsnDiag="deleted by administrator"),
        line("d"),
    )
    assert tally.deleted == 1
    assert tally.counts()[ACME].hours[HOUR][IP]["gmail"] == Counts(delivered=1)


def test_a_mailbox_that_its_own_administrator_deleted_is_a_bounce() -> None:
    text = "smtp;550 5.1.1 mailbox was deleted by its administrator"
    assert not deleted("5.1.1 (bad destination)", text, "mx.example.com (192.0.2.3)")
    assert deleted("5.0.0", "deleted by administrator", "")
    assert not deleted("5.1.1 (bad destination mailbox address)", "smtp;550 unknown", "")


def test_iso_times_and_epoch_times_are_the_same_moment() -> None:
    epoch = int(datetime(2026, 2, 8, 21, 54, 5, tzinfo=UTC).timestamp())
    found = counted(
        line("d"),
        line("d", timeLogged=str(epoch)),
        line("d", timeLogged="2026-02-08 22:54:05+0100"),
        line("d", timeLogged="2026-02-08T21:54:05Z"),
    )
    assert found.hours[HOUR][IP]["gmail"].delivered == 4


@pytest.mark.parametrize("wrong", ["", "soon", "2026-02-08 21:54:05", "2026-13-01 00:00:00+0000",
                                   "2026-02-11 00:00:00+0000", "99999999999", "192",
                                   "1970-01-01 00:03:12+0000", "1969-12-31 23:59:59+0000",
                                   "1999-12-31 23:59:59+0000"])  # fmt: skip
def test_a_row_without_a_believable_time_is_left_out_and_said(wrong: str) -> None:
    tally = tallied(line("d", timeLogged=wrong), line("t", timeLogged=wrong), line("d"))
    assert tally.misdated == 2
    assert tally.counts()[ACME].hours == {HOUR: {IP: {"gmail": Counts(delivered=1)}}}


@pytest.mark.parametrize(
    ("day_tz", "begins"), [("UTC", 0), ("Asia/Kolkata", 30), ("Asia/Kathmandu", 15)]
)
def test_hours_are_those_of_the_tenants_clock(day_tz: str, begins: int) -> None:
    (hour,) = counted(line("d"), day_tz=day_tz).hours
    assert (hour.hour, hour.minute) == (21, begins)


def test_the_tenant_in_the_vmtas_name_goes_before_the_owner_of_the_address() -> None:
    history = (Span(0, Owner(OTHER)),)
    found = tallied(line("d"), line("d", vmta="pmta-vmta0"), history=history).counts()
    assert {tenant: one.hours[HOUR][IP]["gmail"] for tenant, one in found.items()} == {
        ACME: Counts(delivered=1),
        OTHER: Counts(delivered=1),
    }


@pytest.mark.parametrize("kind", ["d", "t"])
def test_a_row_belongs_to_whoever_had_the_address_at_its_time(kind: str) -> None:
    changed = int(datetime(2026, 2, 8, 21, 54, 5, tzinfo=UTC).timestamp())
    history = (Span(changed - 600, Owner(OTHER)), Span(changed, Owner(ACME)))
    found = tallied(
        line(kind, vmta="x", timeLogged="2026-02-08 21:40:00+0000"),
        line(kind, vmta="x", timeLogged="2026-02-08 21:54:04+0000"),
        line(kind, vmta="x"),
        history=history,
    ).counts()
    assert {*found} == {None, OTHER, ACME}
    assert [one.hours[HOUR][IP]["gmail"].attempts for one in found.values()] == [1, 1, 1]


def test_a_vmta_that_names_nobody_leaves_the_row_to_the_platform() -> None:
    found = tallied(line("d", vmta="nobody--192-0-2-10")).counts()
    assert {*found} == {None}


def test_an_address_that_the_row_lacks_is_read_from_our_vmtas_name() -> None:
    found = counted(line("b", dlvSourceIp="0.0.0.0"), line("b", dlvSourceIp=""))
    assert {*found.hours[HOUR]} == {IP}
    six = counted(line("d", dlvSourceIp="", vmta="acme--2001-db8--7"))
    assert {*six.hours[HOUR]} == {IpAddr("2001:db8::7")}


def test_no_recipient_leaves_it() -> None:
    secret = "someone.private"
    text = f"smtp;550 5.7.1 <{secret}@gmail.com> blocked using zen.spamhaus.org {secret}@x.example"
    found = tallied(
        line("b", rcpt=f"{secret}@tiny-{secret}.example", dsnDiag=text, jobId=f"{secret}@x.example")
    ).counts()
    assert secret not in repr(found)
    assert "zen.spamhaus.org" in repr(found)


def test_the_twenty_largest_jobs_are_kept_and_the_rest_is_summed() -> None:
    lines = [line("d", jobId=f"job{n}") for n in range(25) for _ in range(n + 1)]
    jobs = counted(*lines).jobs[IP]
    assert len(jobs) == JOBS_MAX + 1
    assert jobs["job24"].delivered == 25
    assert jobs[""].delivered == 1 + 2 + 3 + 4 + 5


def test_texts_that_name_a_list_are_kept_with_how_often_and_who_said_them() -> None:
    text = f"smtp;554 5.7.1 Service unavailable; Client host [{IP}] blocked using zen.spamhaus.org"
    told = {"dsnDiag": text, "rcpt": "a@x.example", "dsnMta": "mx1.mail.x.example (192.0.2.3)"}
    found = counted(line("b", **told), line("t", **told))
    assert found.said == (
        Said(
            ip=IP,
            kind="named",
            by="zen.spamhaus.org",
            receiver="x.example",
            times=2,
            text=text,
        ),
    )
    assert found.causes == {IP: {"other": {"listed": 2}}}


def test_of_many_texts_the_five_most_frequent_are_kept() -> None:
    lines = [
        line("t", dsnDiag=f"smtp;554 blocked using list{n}.example.org", rcpt="a@x.example")
        for n in range(8)
        for _ in range(n + 1)
    ]
    assert [one.by for one in counted(*lines).said] == [
        f"list{n}.example.org" for n in (7, 6, 5, 4, 3)
    ]


def test_rows_of_an_unknown_type_are_said() -> None:
    tally = tallied(line("zz"), line("d"))
    assert (tally.strange, tally.rows) == (1, 1)


def test_a_file_without_times_counts_nothing() -> None:
    columns = ["type", "rcpt", "header_x-sp-message-id", "header_x-sp-subaccount-id"]
    tally = tallied("d,a@x.example,1,0", columns=columns)
    assert (tally.strange, tally.counts()) == (1, {})


@pytest.mark.parametrize(
    ("category", "status", "means"),
    [
        *((category, "5.0.0 (undefined)", means) for category, means in CATEGORIES.items()),
        ("routing-errors", "5.4.4 (unable to route)", "hard"),
        ("routing-errors", "4.4.4 (unable to route)", "soft"),
        ("", "5.1.1 (bad destination mailbox address)", "hard"),
        ("other", "5.1.10 (null mx)", "hard"),
        ("other", "5.2.2 (mailbox full)", "soft"),
        ("other", "5.2.1 (disabled)", "hard"),
        ("other", "5.7.1 (not authorized)", "block"),
        ("other", "5.1.8 (bad sender)", "block"),
        ("virus-related", "5.0.0 (undefined status)", "other"),
        ("", "4.4.7 (expired)", "soft"),
        ("", "", "other"),
    ],
)
def test_bounces_are_hard_blocks_or_soft(category: str, status: str, means: str) -> None:
    assert outcome(category, status) == means


def test_providers_are_known_by_domain_host_and_queue() -> None:
    assert of_domain("GoogleMail.com") == "gmail"
    assert [of_domain(name) for name in ("yahoo.co.uk", "hotmail.fr", "live.com.ar")] == [
        "yahoo",
        "microsoft",
        "microsoft",
    ]
    assert of_domain("notgmail.com") == of_domain("live.example") == ""
    assert of_host("aspmx.l.google.com (192.0.2.3)") == "gmail"
    assert of_host("x.mail.protection.outlook.com (192.0.2.3)") == "microsoft"
    assert of_host("evilgoogle.com (192.0.2.3)") == of_host("") == ""
    assert {end.count(".") for end in providers._MX} == {1}, "a host is looked up by two labels"
    assert of_queue("yahoo.rollup/vmta18") == "yahoo"
    assert of_queue("yahoo.com/vmta18") == of_queue("mine.rollup/v") == ""


def test_a_receivers_domain_is_told_without_its_host() -> None:
    assert organisation("mx1.mail.example.co.uk (192.0.2.3)") == "example.co.uk"
    assert organisation("mx1.mail.example.com (192.0.2.3)") == "example.com"
    assert organisation("[192.0.2.3]") == organisation("") == ""


def test_a_workspace_domain_counts_for_the_provider_that_runs_its_mail() -> None:
    found = counted(line("d", rcpt="a@firm.example", dsnMta="aspmx.l.google.com (192.0.2.3)"))
    assert {*found.hours[HOUR][IP]} == {"gmail"}


def test_who_reports_a_bounce_by_mail_tells_the_provider_where_no_receiver_is_named() -> None:
    columns = [*COLUMNS, "reportingMta"]
    row = line("rb", rcpt="a@firm.example", dsnMta="")
    tally = tallied(f'{row},"mx.google.com"', columns=columns)
    assert {*tally.counts()[ACME].hours[HOUR][IP]} == {"gmail"}


def test_a_complaint_counts_for_the_job_that_its_header_names() -> None:
    columns = [*COLUMNS, "header_x-job"]
    rows = [f'{line(kind, jobId="")},"named"' for kind in ("f", "t")]
    jobs = tallied(*rows, columns=columns).counts()[ACME].jobs[IP]
    assert jobs == {"": Counts(deferred=1), "named": Counts(complaints=1)}


def test_seconds_and_fractions() -> None:
    assert times.seconds("1700000000.25") == times.seconds("1700000000") == 1_700_000_000
