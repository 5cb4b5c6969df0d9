"""What receivers say when they refuse: lists by name, lists without, causes, and false alarms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import IpAddr
from engine.rules.replies import Replies, classify
from engine.values.traffic import Reply

IP = IpAddr("192.0.2.10")


@pytest.mark.parametrize(
    ("provider", "text", "by"),
    [
        ("other", f"554 5.7.1 Client host [{IP}] blocked using bl.spamcop.net; see it",
         "bl.spamcop.net"),
        ("other", f"550 client [{IP}] blocked using zone.example.org reason", "zone.example.org"),
        ("other", "550 rejected because IP is in a black list at dnsbl.example.net",
         "dnsbl.example.net"),
        ("other", "550 listed at b.barracudacentral.org", "b.barracudacentral.org"),
        ("other", f"550 https://www.spamhaus.org/query/ip/{IP}", "zen.spamhaus.org"),
        ("other", "550 https://check.spamhaus.org/sbl/query/SBL1", "sbl.spamhaus.org"),
        ("other", "550 Email blocked by SPAMHAUS", "zen.spamhaus.org"),
        ("other", "550 refused, SORBS DNSBL", "dnsbl.sorbs.net"),
        ("microsoft", f"550 5.7.1 Service unavailable, Client host [{IP}] blocked using Spamhaus",
         "zen.spamhaus.org"),
        ("yahoo", "553 5.7.1 [BL21] because the ip is in Spamhaus's list", "zen.spamhaus.org"),
        ("yahoo", "553 5.7.1 [BL23] Connections not accepted, Spamhaus XBL", "xbl.spamhaus.org"),
        ("godaddy", "554 IB105 listed on the Exploits Block List (XBL)", "xbl.spamhaus.org"),
        ("charter", "550 IP blacklisted by Spamhaus", "zen.spamhaus.org"),
        ("charter", "550 see csi.cloudmark.com/reset-request", "cloudmark csi"),
        ("other", "550 Black listed at hostkarma", "hostkarma.junkemailfilter.com"),
        ("other", "550 blocked using Trend Micro RBL+", "trend micro rbl+"),
    ],
)  # fmt: skip
def test_a_list_that_is_named(provider: str, text: str, by: str) -> None:
    assert classify(f"smtp;{text}", provider, IP) == Reply("listed", "named", by)


@pytest.mark.parametrize(
    ("provider", "text", "by"),
    [
        ("microsoft", "550 5.7.1 Unfortunately, messages weren't sent. part of their network is on"
         " our block list (S3150).", "microsoft"),
        ("microsoft", "550 5.7.606 Access denied, banned sending IP", "microsoft"),
        ("microsoft", "550 OU-001 from your host", "microsoft"),
        ("apple", "554 5.7.1 [CS01] Message rejected due to local policy", "apple"),
        ("comcast", "554 found on one or more DNSBLs, see x #BL000010", "comcast"),
        ("gmx", "554 No SMTP service; IP address is black listed.", "gmx"),
        ("yahoo", f"553 5.3.0 flpi DNSBL:RBL 521< {IP} >_is_blocked", "att"),
        ("tonline", f"554 IP={IP} - A problem occurred. (Ask your postmaster) (BL)", "tonline"),
        ("mimecast", "550 csi.mimecast.org Poor Reputation Sender.", "mimecast"),
        ("other", "550 your address is on a blacklist", "a list"),
    ],
)  # fmt: skip
def test_a_list_without_a_name_or_a_providers_own(provider: str, text: str, by: str) -> None:
    assert classify(f"smtp;{text}", provider, IP) == Reply("listed", "unnamed", by)


@pytest.mark.parametrize(
    "text",
    [
        "450 4.7.1 blocked using grey.rbl.example.org; greylisted",
        "554 5.7.1 blocked using multi.uribl.com; 127.0.0.1 -> Query Refused",
        "554 blocked using zen.spamhaus.org; Error: open resolver; https://x/returnc/pub/1",
        "554 blocked using zen.spamhaus.org; 127.255.255.254",
        "554 blocked using countries.nerd.dk",
    ],
)
def test_a_receivers_own_fault_is_no_listing(text: str) -> None:
    found = classify(f"smtp;{text}", "other", IP)
    assert found is not None
    assert (found.cause, found.kind) == ("receiver", "receiver")


def test_a_text_that_names_another_address_speaks_of_another_hop() -> None:
    text = "smtp;554 5.7.1 Client host [{}] blocked using zen.spamhaus.org"
    assert classify(text.format("198.51.100.1"), "other", IP) is None
    assert classify(text.format(IP), "other", IP) == Reply("listed", "named", "zen.spamhaus.org")


def test_a_listed_domain_is_no_listed_address() -> None:
    found = classify("smtp;550 MailFrom domain is listed in Spamhaus. To request", "microsoft", IP)
    assert found == Reply("domain_listed", "named", "dbl.spamhaus.org")


@pytest.mark.parametrize(
    ("provider", "text", "cause"),
    [
        ("gmail", "550-5.7.25 [x] The IP address sending this message does not have a PTR", "ptr"),
        ("gmail", "451 4.7.23 no", "ptr"),
        ("gmail", "421 4.7.24 suspicious SPF", "spf"),
        ("gmail", "550 5.7.26 unauthenticated", "authentication"),
        ("gmail", "421 4.7.27 SPF did not pass", "spf"),
        ("gmail", "421 4.7.28 unusual rate", "rate"),
        ("gmail", "421 4.7.29 TLS", "tls"),
        ("gmail", "421 4.7.30 DKIM", "dkim"),
        ("gmail", "421 4.7.31 x", "dmarc"),
        ("gmail", "421 4.7.40 x", "dmarc"),
        ("gmail", "421 5.7.32 x", "alignment"),
        ("gmail", "550 5.7.1 due to the very low reputation of the sending IP", "reputation"),
        ("microsoft", "550 5.7.515 Access denied", "authentication"),
        ("microsoft", "421 RP-001 (BAY004) exceeded rate", "rate"),
        ("microsoft", "550 SC-004 complaints", "complained"),
        ("microsoft", "550 DY-001 dynamic", "dynamic"),
        ("yahoo", "421 4.7.0 [TSS04] Messages temporarily deferred due to user complaints",
         "complained"),
        ("yahoo", "421 4.7.1 [TS03] All messages permanently deferred", "reputation"),
        ("yahoo", "553 5.7.2 [TSS09] All messages will be permanently deferred", "reputation"),
        ("other", "550 5.7.27 Sender address has null MX", "null_mx"),
    ],
)  # fmt: skip
def test_the_same_number_means_what_its_provider_means_by_it(
    provider: str, text: str, cause: str
) -> None:
    found = classify(f"smtp;{text}", provider, IP)
    assert found is not None
    assert found.cause == cause


@pytest.mark.parametrize(
    "text", ["", "smtp;550 5.1.1 User unknown", "smtp;452 4.2.2 over quota", "smtp;250 OK"]
)
def test_what_says_nothing_of_us_is_nothing(text: str) -> None:
    assert classify(text, "other", IP) is None


LETTERS = st.text(alphabet=st.sampled_from("ab1.[]@ ;\n5721"), max_size=40)


@given(LETTERS, st.sampled_from(["gmail", "other"]), LETTERS)
def test_texts_that_were_judged_before_are_judged_alike(
    before: str, provider: str, after: str
) -> None:
    text = f"{before} blocked using zen.spamhaus.org {after}"
    replies = Replies()
    assert replies.reply(text, provider, IP) == replies.reply(text, provider, IP)


def test_numbers_of_messages_do_not_make_another_text() -> None:
    replies = Replies()
    text = "smtp;421 4.7.28 unusual rate of mail a1b2c3d4e5{}f"
    for n in range(500):
        assert replies.reply(text.format(n), "gmail", IP) == Reply("rate")
    assert replies.judged == 1
