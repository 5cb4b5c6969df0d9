"""An existing configuration becomes words of the engine's own, and shows no secret."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ids import IpAddr
from engine.rules.pmta_config.hidden import SECRET_KEYS, hidden
from engine.rules.pmta_config.imported import Read, read
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.proposal import Entry, NotThis, entry

MINIMAL = Path(__file__).parent.parent / "data/pmta/minimal.config"
ONE = """\
<virtual-mta One.A>
  smtp-source-host 192.0.2.10 mta1.example.net
  max-smtp-msg-rate 50/d
  domain-key s1,example.net,/etc/pmta/keys/a.pem
  <domain gmail.com>
    max-smtp-out 5
    dkim-sign yes
  </domain>
</virtual-mta>
"""


def understood(text: str) -> Read:
    return read(of_text(hidden(text), "config", tolerant=True).nodes)


def proposed(text: str, *pools: str, taken: dict[IpAddr, str] | None = None) -> Entry:
    (vmta, *_) = understood(text).vmtas
    return entry(vmta, list(pools), taken or {})


def test_the_real_file_is_understood_and_what_is_not_is_kept() -> None:
    found = understood(MINIMAL.read_text())
    assert [(one.name, one.hosts, one.rate) for one in found.vmtas] == [
        ("t1-ip1", (("192.0.2.10", "mta1.example.net"),), ""),
        ("t1-ip2", (("192.0.2.11", "mta2.example.net"),), "10/h"),
    ]
    assert found.vmtas[0].cold == ("t1-ip2",)
    assert [(one.name, one.members) for one in found.pools] == [("t1-pool", ("t1-ip1",))]
    assert [(one.login, one.source, one.vmta) for one in found.users] == [
        ("t1", "{auth}", "t1-pool")
    ]
    kept = [one.text.split("\n")[0] for one in found.kept]
    assert "smtp-listener 0.0.0.0:2525" in kept
    assert "<acct-file /var/log/pmta/acct.csv>" in kept
    assert not [one for one in kept if "virtual-mta " in one]


def test_a_vmta_that_is_written_in_two_parts_is_one() -> None:
    more = "<virtual-mta one.a>\n  max-smtp-out 3\n</virtual-mta>\n"
    (vmta,) = understood(ONE + more).vmtas
    assert (vmta.rate, vmta.kept) == ("50/d", ("max-smtp-out 3",))


# --- what is proposed


def test_what_fits_is_proposed_and_what_does_not_is_said() -> None:
    one = proposed(ONE, "Pool_1")
    assert (one.name, one.ip, one.hostname) == ("one-a", "192.0.2.10", "mta1.example.net")
    assert (one.quota, one.purpose) == ("50/day", "pool-1")
    assert one.limits == {"gmail.com": {"max-smtp-out": "5"}}
    assert one.key is not None
    assert one.key.path == "/etc/pmta/keys/a.pem"
    assert one.remarks == (
        "the name 'One.A' becomes 'one-a'",
        "dkim-sign yes for gmail.com is left out",
    )


@pytest.mark.parametrize(
    ("rate", "quota"),
    [
        ("50/d", "50/day"),
        ("10/hr", "10/hour"),
        ("unlimited", "unlimited"),
        ("0", "unlimited"),
        ("100/15m", "400/hour"),
        ("1/m", "60/hour"),
        ("5/7h", "17/day"),
        ("1/3d", "1/day"),
        ("0/h", "1/day"),
        ("a lot", "1/day"),
    ],
)
def test_a_rate_becomes_a_quota_that_lets_no_more_through_in_an_hour(rate: str, quota: str) -> None:
    text = ONE.replace("50/d", rate)
    assert proposed(text).quota == quota


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<virtual-mta a--b>\n</virtual-mta>\n", "two dashes"),
        ("<virtual-mta a>\n</virtual-mta>\n", "0 source hosts"),
        (
            "<virtual-mta a>\nsmtp-source-host 192.0.2.1 h\n</virtual-mta>\n",
            "not a fully qualified",
        ),
        (ONE.replace("  max", "  smtp-source-host 192.0.2.11 b.example.net\n  max"), "2 source"),
        (ONE.replace("192.0.2.10 mta1.example.net", "mta1.example.net 192.0.2.10"), "0 source"),
    ],
)
def test_what_is_no_address_of_a_fleet_is_not_proposed_and_why_is_said(text: str, why: str) -> None:
    with pytest.raises(NotThis, match=why):
        proposed(text)


def test_of_two_vmtas_with_one_address_the_second_is_not_proposed() -> None:
    with pytest.raises(NotThis, match=r"first has 192\.0\.2\.10 too"):
        proposed(ONE, taken={IpAddr("192.0.2.10"): "first"})


# --- no secret is shown


@pytest.mark.parametrize(
    "line",
    [
        'password "Tr0ub4dor"',
        "\tPASSWORD\tTr0ub4dor",
        'password"Tr0ub4dor"',
        "http-api-key Tr0ub4dor",
        "smtp-password Tr0ub4dor",
        "access-token Tr0ub4dor",
        "auth-password  Tr0ub4dor  # it was Tr0ub4dor before",
        "# Tr0ub4dor",
        "smtp-server-tls-certificate /etc/pmta/a.pem Tr0ub4dor",
        "smtp-server-tls-certificate\t/etc/pmta/a.pem\tTr0ub4dor",
        'smtp-client-certificate "/etc/pmta/our own.pem" Tr0ub4dor',
        'privacy-policy hmac-sha256-hexkey "Tr0ub4dor"',
        "\ufeffpassword Tr0ub4dor",
        "host-name a\r<smtp-user b>\rpassword Tr0ub4dor\r</smtp-user>",
        "password x\x0bTr0ub4dor",
        "# before\u2028auth-password Tr0ub4dor",
        "our-token=Tr0ub4dor",
        "http-webhook-url https://me:Tr0ub4dor@hooks.example/in",
        'acct-file "|/usr/bin/count --token=Tr0ub4dor"',
        '<smtp-user me password="Tr0ub4dor">',
    ],
)
def test_a_secret_is_taken_out_wherever_it_stands(line: str) -> None:
    shown = hidden(f"<smtp-user me>\n{line}\n</smtp-user>\n")
    assert "Tr0ub4dor" not in shown
    assert shown.count("\n") == 3


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SECRET_KEYS),
    st.text("abcXYZ019!$%&/()=?+*~'_.:,;<>|{}[] \t\"\\", min_size=1, max_size=20),
)
def test_no_secret_comes_through_whatever_it_is_made_of(key: str, secret: str) -> None:
    mark = f"Q7z{secret.strip()}Q7z"
    assert "Q7z" not in hidden(f"<smtp-user me>\n  {key} {mark}\n</smtp-user>")


def test_of_a_certificate_and_of_a_way_to_hash_the_first_word_is_shown() -> None:
    assert (
        hidden("tls-certificate\t/a.pem\tx") == "tls-certificate\t/a.pem\t{secret:tls-certificate}"
    )
    assert hidden("tls-certificate /a.pem") == "tls-certificate /a.pem"
    assert hidden("privacy-policy retain") == "privacy-policy retain"


@pytest.mark.parametrize("line", ["password" + " " * 60_000, "a" * 60_000, "password" * 7_500])
def test_a_long_line_of_nothing_is_read_as_quickly_as_any_other(line: str) -> None:
    """Each once took its length squared, which was most of a minute: this would not end in time."""
    assert hidden(line) == line


@settings(max_examples=150, deadline=None)
@given(st.text('<>/#"\\ \t\nabdmostuvr-{}$0123456789.,', max_size=200))
def test_any_text_is_read_and_keeps_its_lines(text: str) -> None:
    assert hidden(text).count("\n") == text.count("\n")
    found = understood(f"<virtual-mta a>\n{text}\n</virtual-mta>\n{text}")
    for vmta in found.vmtas:
        try:
            entry(vmta, [], {})
        except NotThis as no:
            assert str(no)
