"""Each rule by a file that breaks it, and by one that does not."""

from typing import NamedTuple

import pytest

from engine.rules.pmta_config.finding import Target
from engine.rules.pmta_config.validate import errors
from tests.support.pmta_config import VMTA, VMTA_B, judged


class Rule(NamedTuple):
    rule: str
    severity: str
    line: int
    bad: str
    good: str
    target: Target = "5.0"
    ours_alone: bool = False  # the stand-in is content with it


def vmta(*lines: str) -> str:
    return "\n".join(["<virtual-mta a>", "smtp-source-host 192.0.2.1 a.example", *lines, END])


def domain(*lines: str) -> str:
    return "\n".join(["<domain *>", *lines, "</domain>\n"])


def source(*lines: str, name: str = "10/8") -> str:
    return "\n".join([f"<source {name}>", *lines, "</source>\n"])


def replies(*lines: str) -> str:
    return "\n".join(["<smtp-pattern-list p>", *lines, "</smtp-pattern-list>\n"])


END = "</virtual-mta>\n"
POOLS = VMTA + (
    "<virtual-mta-pool one>\nvirtual-mta a\n<domain *>\nmax-smtp-out 1\n</domain>\n"
    "</virtual-mta-pool>\n<virtual-mta-pool two>\nvirtual-mta a\n{}</virtual-mta-pool>\n"
)
KEY = "abcd_0123_abcd_0123_abcd_0123_ab"
RULES = [
    Rule("E1", "error", 1, "<domain *>\nmax-smtp-out 1\n", domain("max-smtp-out 1")),
    Rule("E1", "error", 2, "host-name a.example\n</domain>\n", "host-name a.example\n"),
    Rule(
        "E1", "error", 2, vmta("</virtual-mta>") + "<domain *>\n</source>\n</domain>\n", vmta()
    )._replace(line=4),
    Rule("E2", "error", 1, "hots-name a.example\n", "HOST-name a.example\n"),
    Rule("E2", "error", 1, "<virtual-mat a>\n</virtual-mat>\n", vmta()),
    Rule("E3", "error", 2, source("require-starttls yes"), domain("require-starttls yes")),
    Rule("E3", "error", 1, "max-smtp-out 5\n", domain("max-smtp-out 5")),
    Rule("E3", "error", 2, "<source 10/8>\n<domain *>\n</domain>\n</source>\n", domain()),
    Rule("E3", "error", 3, vmta("max-msg-rate 1/h"), vmta("max-smtp-msg-rate 1/h")),
    Rule("E4", "error", 1, "postmaster #you\n", "postmaster you@a.example #you\n"),
    Rule("E4", "error", 1, "<domain>\n</domain>\n", domain()),
    Rule("E5", "error", 2, domain("dkim-sign maybe"), domain("dkim-sign Yes")),
    Rule("E5", "error", 2, domain("max-smtp-out -1"), domain("max-smtp-out 1")),
    Rule("E5", "error", 2, domain("bounce-after 4x"), domain("bounce-after 4d12h")),
    Rule("E5", "error", 2, domain("retry-after 1m,,2m"), domain("retry-after 1m,2m")),
    Rule(
        "E5",
        "error",
        2,
        domain("retry-after " + ",".join(["1m"] * 31)),
        domain("retry-after " + ",".join(["1m"] * 30)),
    ),
    Rule("E5", "error", 2, domain("max-msg-rate 5/w"), domain("max-msg-rate 5/hr")),
    Rule("E5", "error", 2, domain("max-msg-rate 5/\u017f"), domain("max-msg-rate 5/s")),
    Rule(
        "E5",
        "error",
        2,
        domain("source-ip-max-msg-rate 600/h"),
        domain("source-ip-max-msg-rate 192.0.2.1 600/d"),
    ),
    Rule("E5", "error", 1, "<domain a.example b.example>\n</domain>\n", domain()),
    Rule(
        "E5",
        "error",
        1,
        "<domain *.*.example>\n</domain>\n",
        "<domain [*.]example>\n</domain>\n<domain $m>\n</domain>\n<domain [192.0.2.1/32]>\n"
        "</domain>\n<domain b\u00fccher.example>\n</domain>\n",
    ),
    Rule("E5", "error", 1, source(name="10.0.0.0/33"), source(name="10.0.0.0/32")),
    Rule("E5", "error", 1, "<aliases a>\n</aliases>\n", "<aliases>\n</aliases>\n"),
    Rule("E5", "error", 1, source(name="{other}"), source(name="{auth}")),
    Rule("E5", "error", 1, "smtp-listener 192.0.2.1\n", "smtp-listener 192.0.2.1:25 source=x\n"),
    Rule("E5", "error", 1, "http-access 10/8 root\n", "http-access 10/8 monitor,deny-logs\n"),
    Rule("E5", "error", 1, 'host-name "a.example\n', 'host-name "a.example"\n'),
    Rule(
        "E5",
        "error",
        2,
        "<acct-file /a>\nrecords all\n</acct-file>\n",
        "<acct-file /a>\nrecords d, b,tq\n</acct-file>\n",
    ),
    Rule(
        "E6",
        "error",
        2,
        "<virtual-mta a>\nsmtp-source-host a.example 192.0.2.1\n</virtual-mta>\n",
        vmta(),
    ),
    Rule(
        "E5",
        "error",
        2,
        "<acct-file /a>\nrecords d,p\n</acct-file>\n",
        "<acct-file /a>\nrecords delivery, bounce,transient-queue\n</acct-file>\n",
        ours_alone=True,
    ),
    Rule("E5", "error", 1, 'smtp-listener ""\n', "smtp-listener [2001:db8::1]:25\n"),
    Rule("E5", "error", 1, '<smtp-listener "">\n</smtp-listener>\n', "smtp-listener ::1:25\n"),
    Rule(
        "E5",
        "error",
        1,
        "http-access 10/8\n",
        "http-access\t10/8\tmonitor,\tdeny-logs\ndomain-macro\tm\tx.example,y.example\n",
    ),
    Rule("E6", "error", 3, vmta("smtp-source-host 192.0.2.2"), vmta()),
    Rule(
        "E6",
        "error",
        3,
        vmta('smtp-source-host "b.example" "192.0.2.2"'),
        vmta(),
    ),
    Rule("E6", "error", 3, vmta("smtp-source-host 192.0.2.2 192.0.2.3"), vmta(), ours_alone=True),
    Rule(
        "E6",
        "error",
        3,
        vmta("smtp-proxy-source-host 192.0.2.1 p.example:5000 192.0.2.9 a.example"),
        "<virtual-mta a>\nsmtp-proxy-source-host 192.0.2.1 p.example:5000 192.0.2.9 a.example\n"
        "</virtual-mta>\n",
        ours_alone=True,
    ),
    Rule(
        "E7",
        "error",
        3,
        vmta("domain-key s,a.example,/k,x"),
        vmta("domain-key s , * , /k"),
    ),
    Rule(
        "E7",
        "error",
        3,
        vmta("domain-key s,,/k"),
        vmta("domain-key s,a.example,/k"),
        ours_alone=True,
    ),
    Rule(
        "E8",
        "error",
        5,
        VMTA + "<virtual-mta-pool p>\nvirtual-mta b\n</virtual-mta-pool>\n",
        "<virtual-mta-pool p>\nvirtual-mta a\n</virtual-mta-pool>\n" + VMTA,
    ),
    Rule(
        "E9",
        "error",
        4,
        VMTA + "<virtual-mta-pool a>\nvirtual-mta a\n</virtual-mta-pool>\n",
        VMTA + "<virtual-mta-pool b>\nvirtual-mta a\n</virtual-mta-pool>\n",
    ),
    Rule(
        "E10",
        "error",
        11,
        POOLS.format("<domain x.example>\nmax-smtp-out 1\n</domain>\n"),
        POOLS.format(""),
    ),
    Rule(
        "E11",
        "error",
        2,
        source("default-virtual-mta b"),
        VMTA + source("default-virtual-mta a") + source("default-virtual-mta by-smtp-source-ip"),
    ),
    Rule(
        "E11",
        "error",
        2,
        "<pattern-list p>\nmail-from /x/ virtual-mta=b\n</pattern-list>\n",
        VMTA + "<pattern-list p>\n* virtual-mta=a,recipient-priority=100\n</pattern-list>\n",
    ),
    Rule(
        "E11",
        "error",
        2,
        domain("backoff-reroute-to-virtual-mta b"),
        domain('backoff-reroute-to-virtual-mta ""'),
    ),
    Rule(
        "E12",
        "error",
        2,
        domain("smtp-pattern-list q"),
        domain("smtp-pattern-list P") + replies("reply /x/ skip-mx"),
    ),
    Rule(
        "E13",
        "error",
        2,
        source("pattern-list p") + "<pattern-list p>\n</pattern-list>\n",
        "<pattern-list p>\n</pattern-list>\n" + source("pattern-list P"),
    ),
    Rule(
        "E13",
        "error",
        5,
        "<pattern-list p>\n</pattern-list>\n" + source("pattern-list p", "pattern-list p"),
        "<pattern-list p>\n</pattern-list>\n" + source("pattern-list p"),
    ),
    Rule(
        "E14",
        "error",
        1,
        "domain-macro a x.example,$b\ndomain-macro b $a\n",
        "domain-macro a x.example,$b\ndomain-macro b y.example\n",
    ),
    Rule(
        "E14",
        "error",
        2,
        "domain-macro x $a\ndomain-macro a $b,$d\ndomain-macro b *.$A\ndomain-macro d y\n",
        "domain-macro x $a\ndomain-macro a $b\ndomain-macro b *.$c,$c\ndomain-macro c y\n",
        ours_alone=True,
    ),
    Rule(
        "E15",
        "error",
        2,
        replies("reply /x/ mode=backoff,mode=normal"),
        replies("reply /x/ mode=backoff,backoff-to-normal-after=2h"),
    ),
    Rule(
        "E15",
        "error",
        2,
        replies("reply /x/ skip-mx,bounce-queue"),
        replies("reply /x/ skip-mx", "reply /x/ bounce-queue"),
    ),
    Rule(
        "E15",
        "error",
        2,
        replies("reply /x/ reenable-after=1h"),
        replies("reply /x/ reenable-after=1h,disable-source-ip"),
    ),
    Rule(
        "E15",
        "error",
        2,
        replies("reply /x/ disable-source-ip,reenable-after=1h,reenable-after=2h"),
        replies("reply /x/ disable-source-ip"),
    ),
    Rule("E17", "error", 2, replies("reply /(x/ skip-mx"), replies(r"reply /\(x/ skip-mx")),
    Rule(
        "E17",
        "error",
        2,
        replies("reply x skip-mx"),
        replies(r"reply /(?-i)[[:alpha:]]\h\Q(\E(?|a|b)(?<n>x)/ skip-mx"),
    ),
    Rule(
        "E17",
        "error",
        2,
        replies("reply /[b-a]/ skip-mx"),
        replies(r"reply /^*(?'n'[\w-.]+)\k<n>[.-\d](?<=a|bc)(?<!a|bc)[\w-]/ skip-mx"),
    ),
    Rule(
        "E17",
        "error",
        2,
        "<pattern-list p>\nheader\tX-A\tx\n</pattern-list>\n",
        "<pattern-list p>\nheader\tX-A\t/x/\trecipient-priority=1\n</pattern-list>\n",
    ),
    Rule("E18", "error", 2, domain("max-msg-rate 0/h"), domain("max-msg-rate 0")),
    Rule("E18", "error", 3, vmta("max-smtp-msg-rate 0/15m"), vmta("max-smtp-msg-rate 1/15m")),
    Rule("E20", "error", 1, "http-api-key short\n", f"http-api-key {KEY}\n"),
    Rule("E20", "error", 1, f"http-api-key {KEY}-\n", f"http-api-key {KEY}_\n"),
    Rule(
        "E21",
        "warning",
        2,
        "<acct-file /a>\nmove-interval 1m\n</acct-file>\n",
        "<acct-file /a>\nmove-interval 1m\nmove-to /b\n</acct-file>\n",
    ),
    Rule("W1", "warning", 4, VMTA + VMTA, VMTA + VMTA_B),
    Rule("W1", "warning", 2, "domain-macro a x\ndomain-macro a y\n", "domain-macro a x,y\n"),
    Rule("W1", "warning", 1, "domain-macro a x,y,X\n", "domain-macro a x,y\n"),
    Rule(
        "W1",
        "warning",
        5,
        domain("max-smtp-out 1") + domain("max-smtp-out 2"),
        domain("max-smtp-out 1") + domain("max-smtp-out 1", "retry-after 1m"),
    ),
    Rule(
        "W1",
        "warning",
        3,
        domain("max-smtp-out 1", "max-smtp-out 2"),
        domain("source-ip-max-smtp-out 10/8 1", "source-ip-max-smtp-out 192.0.2.1 2"),
    ),
    Rule(
        "W1",
        "warning",
        6,
        VMTA + "<virtual-mta-pool p>\nvirtual-mta a\nvirtual-mta A\n</virtual-mta-pool>\n",
        VMTA + "<virtual-mta-pool p>\nvirtual-mta a\n</virtual-mta-pool>\n"
        "<virtual-mta-pool q>\nvirtual-mta a\n</virtual-mta-pool>\n",
    ),
    Rule("W2", "warning", 2, domain("max-msg-per-hour 5"), domain("max-msg-rate 5/h")),
    Rule("W2", "warning", 1, "sync-msg-create false\n", "run-as-root no\n"),
    Rule("W2", "warning", 2, domain("smtp-tls-allow-sslv3 no"), domain("smtp-tls-allow-tlsv1 no")),
    Rule(
        "W3",
        "warning",
        4,
        vmta(*domain("max-cold-virtual-mta-msg 50/d").splitlines()),
        VMTA_B + vmta("cold-virtual-mta b", *domain("max-cold-virtual-mta-msg 5/d").splitlines()),
    ),
    Rule(
        "W3",
        "warning",
        11,
        VMTA_B.replace("mta b", "mta c")
        + VMTA_B.replace(END, f"cold-virtual-mta c\n{END}")
        + vmta(*domain("max-cold-virtual-mta-msg 5/d").splitlines()),
        VMTA
        + VMTA_B.replace(END, f"cold-virtual-mta a\n{END}")
        + domain("max-cold-virtual-mta-msg 5/d"),
    ),
    Rule("W3", "warning", 2, domain("max-cold-virtual-mta-msg 50/d"), domain()),
    Rule(
        "W4",
        "warning",
        4,
        vmta("domain-key s,*,/k", "domain-key s,a.example,/k"),
        vmta("domain-key s,a.example,/k", "domain-key s,*,/k"),
    ),
    Rule("W4", "warning", 2, "domain-key s,*,/k\ndomain-key t,*,/k\n", "domain-key s,*,/k\n"),
    Rule("W5", "warning", 1, "<virtual-mta a>\n</virtual-mta>\n", vmta()),
    Rule(
        "W6",
        "warning",
        5,
        VMTA.replace("mta a", "mta x--1") + VMTA.replace("mta a", "mta y--1"),
        VMTA.replace("mta a", "mta x--1") + VMTA.replace("mta a", "mta x--2"),
    ),
    Rule("W7", "warning", 2, replies("reply /a#b/ skip-mx"), replies(r"reply /a\x23b/ skip-mx #c")),
    Rule("W7", "warning", 1, 'host-name "a#b"\n', 'host-name "a" #b"\n'),
    Rule("W8", "warning", 1, "http-access 0/0 admin\n", "http-access 0/0 none\n"),
    Rule("W8", "warning", 1, "http-access ::/0 operator\n", "http-access 10/8 admin\n"),
    Rule("W9", "warning", 1, "http-csrf-protection no\n", "http-csrf-protection true\n"),
    Rule(
        "W10",
        "warning",
        2,
        domain("queue-to y.queue"),
        domain("queue-to y.queue")
        + "<domain y.queue>\nsmtp-hosts lookup-mx:y.example\n</domain>\n",
    ),
    Rule("W11", "warning", 2, domain("max-msg-rate 5/2h"), domain("max-msg-rate 5/h"), "4.5"),
    Rule("W11", "warning", 2, domain("use-mta-sts yes"), domain("use-starttls yes"), "4.5"),
    Rule(
        "W11",
        "warning",
        2,
        replies("reply /x/ mode=backoff,backoff-to-normal-after=2h"),
        replies("reply /x/ mode=backoff"),
        "4.5",
    ),
    Rule(
        "W12",
        "warning",
        1,
        "<acct-file |/bin/x --all>\n</acct-file>\n",
        '<acct-file |/bin/x>\n</acct-file>\n<acct-file "/a b">\n</acct-file>\n',
    ),
    Rule(
        "W13",
        "warning",
        2,
        source("always-allow-relaying yes", name="0/0"),
        source("always-allow-relaying yes", "require-auth true", name="0/0"),
    ),
    Rule(
        "W14",
        "warning",
        1,
        "<domain mail.$nobody>\n</domain>\n",
        "<domain mail.$Big>\n</domain>\ndomain-macro big x.example\n",
    ),
    Rule("P1", "error", 1, "<domain *\n", domain()),
    Rule("P1", "error", 1, '<domain "*"> max-smtp-out 1\n', '<domain "*"> # all\n</domain>\n'),
    Rule("P2", "error", 1, "domain-macro m x.example,\ny.example\n", "domain-macro m x,y\n"),
    Rule("P2", "error", 1, "domain-macro m x, \\\n", "log-file c:\\pmta\\\n"),
    Rule("P3", "warning", 1, "host-name\u00a0a.example\n", "host-name a.example # \u00a0\n"),
    Rule("P3", "warning", 1, "<domain b\ufffdcher.example>\n</domain>\n", domain()),
    Rule("P3", "error", 1, "host-name a.example\x0bx\n", "host-name\ta.example # \x0b\n"),
    Rule(
        "P4",
        "error",
        2,
        domain("max-smtp-out ${N}"),
        domain('command "/x ${user}"'),
    ),
    Rule("P4", "error", 1, "host-name __HOST__\n", "host-name a__b.example\n"),
    Rule("P4", "error", 1, "{{#each vmtas}}\n", "host-name a.example\n"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.rule}:{rule.bad[:30]!r}")
def test_what_breaks_a_rule_is_told_on_its_line_with_a_way_out(rule: Rule) -> None:
    found = [one for one in judged(rule.bad, rule.target) if one.rule == rule.rule]
    assert (rule.severity, rule.line) in {(one.severity, one.at.line - 3) for one in found}
    assert all(one.at.file == "config" and one.message and one.fix for one in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.rule}:{rule.good[:30]!r}")
def test_what_keeps_a_rule_is_not_told_by_it_and_has_no_error(rule: Rule) -> None:
    found = judged(rule.good, rule.target)
    assert rule.rule not in {one.rule for one in found}, [str(one) for one in found]
    assert errors(found) == []


def test_every_rule_of_the_list_is_tried() -> None:
    tried = {rule.rule for rule in RULES} | {"E16", "E19"}  # test_pmta_config_judged
    assert tried == {
        *(f"E{number}" for number in range(1, 22)),
        *(f"W{number}" for number in range(1, 15)),
        *(f"P{number}" for number in range(1, 5)),
    }
