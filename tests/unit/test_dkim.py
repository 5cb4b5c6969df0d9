"""The DKIM keys of a domain, as mailbox providers take them."""

import base64
import re

import pytest

from engine.rules.dkim.judge import judge
from engine.rules.dkim.keys import Ed25519Key, RsaKey, spki
from engine.rules.dkim.publish import key_record
from engine.values.dkim_report import DkimReport
from engine.values.dns import Outcome
from tests.support.zones import Zone

DOMAIN = "example.com"
S1 = "s1._domainkey.example.com"
KEY = RsaKey((1 << 2047) + 1, 65537)
GOOD = key_record("rsa", spki(KEY))
OTHER = key_record("rsa", spki(RsaKey((1 << 2047) + 3, 65537)))
SMALL_ED = key_record("ed25519", bytes(32))


def judged(
    *texts: str, own: bytes | None = None, selectors: tuple[str, ...] = ("s1",), **more: str
) -> DkimReport:
    records = {f"{S1} TXT": list(texts)} if texts else {}
    records |= {f"{name}._domainkey.{DOMAIN} TXT": [text] for name, text in more.items()}
    keys = {"s1": own} if own is not None else {}
    return Zone(records).run(judge(DOMAIN, selectors, keys))


def codes(report: DkimReport) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in report.findings]


def rsa_of(bits: int, exponent: int = 65537) -> str:
    return key_record("rsa", spki(RsaKey((1 << (bits - 1)) + 1, exponent)))


def test_a_good_key_is_valid_and_nothing_is_found() -> None:
    report = judged(GOOD, own=spki(KEY))
    assert report.valid is True
    assert report.status == "ok"
    assert report.findings == ()
    assert (report.selector, report.record) == ("s1", GOOD)
    (one,) = report.selectors
    assert (one.key, one.bits, one.matches_engine_key, one.ttl) == ("rsa", 2048, True, 300)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=DKIM1; p=", ("dkim.revoked", "error")),
        ("v=DKIM1; p=; ", ("dkim.revoked", "error")),
        ("v=DKIM1", ("dkim.syntax", "error")),
        ("v=DKIM2; p=x", ("dkim.syntax", "error")),
        ("p=MIIB; v=DKIM1", ("dkim.syntax", "error")),
        (GOOD + "; ", ("dkim.syntax", "warning")),
        ("v=DKIM1; p=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ("dkim.badkey", "error")),
        ("v=DKIM1; k=ed25519; p=AAECAwQFBgcICQoLDA0ODw==", ("dkim.badkey", "error")),
        ("v=DKIM1; k=unknown; p=", ("dkim.k_unknown", "error")),
        ("v=DKIM1; k=ed448; p=AAAA", ("dkim.k_unknown", "error")),
        (rsa_of(1023), ("dkim.weak", "error")),
        (rsa_of(1024), ("dkim.weak", "warning")),
        (rsa_of(2047), ("dkim.weak", "warning")),
        (rsa_of(4097), ("dkim.large", "warning")),
        (rsa_of(2048, 3), ("dkim.exponent", "warning")),
        (rsa_of(2048, 65538), ("dkim.exponent", "warning")),
        (GOOD + "; t=y", ("dkim.testing", "warning")),
        (GOOD + "; t=s", ("dkim.strict", "info")),
        (GOOD + "; s=tlsrpt", ("dkim.service", "error")),
        (GOOD + "; h=sha1", ("dkim.hash", "error")),
        (GOOD + "; h=sha1:sha256", ("dkim.hash", "warning")),
        (SMALL_ED, ("dkim.ed25519_only", "warning")),
    ],
)
def test_what_is_wrong_with_a_key_is_found(text: str, expected: tuple[str, str]) -> None:
    report = judged(text)
    assert expected in codes(report)
    assert report.valid is ("error" not in [severity for _, severity in codes(report)])


@pytest.mark.parametrize(
    "text",
    [
        rsa_of(2048),
        rsa_of(4096),
        GOOD + "; s=email",
        GOOD + "; s=*:tlsrpt",
        GOOD + "; h=sha256",
        GOOD.removeprefix("v=DKIM1; "),
        GOOD + ";",
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(text: str) -> None:
    assert judged(text).findings == ()


def test_the_key_is_compared_as_a_key_and_not_as_text() -> None:
    pkcs1 = "v=DKIM1; n=x; p=" + base64.b64encode(_pkcs1(KEY)).decode()
    assert judged(pkcs1, own=spki(KEY)).selectors[0].matches_engine_key is True
    report = judged(OTHER, own=spki(KEY))
    assert codes(report) == [("dkim.mismatch", "error")]
    assert report.selectors[0].matches_engine_key is False
    assert GOOD[:60] in report.findings[0].fix


def _pkcs1(key: RsaKey) -> bytes:
    return spki(key)[24:]  # after SEQUENCE, AlgorithmIdentifier and the head of the BIT STRING


def test_a_key_of_the_engine_that_cannot_sign_is_said() -> None:
    report = judged(GOOD, own=b"junk")
    assert codes(report) == [("dkim.own_key", "error")]
    assert report.selectors[0].matches_engine_key is None


def test_an_unpublished_key_is_written_out_and_it_is_said_whether_anything_is_below() -> None:
    nothing = judged(own=spki(KEY))
    assert codes(nothing) == [("dkim.missing", "error")]
    assert "Nothing at all is published below" in nothing.findings[0].message
    assert f"{S1}. IN TXT" in nothing.findings[0].fix
    something = judged(s2=GOOD)
    assert "perhaps another selector" in something.findings[0].message
    assert something.valid is False


def test_several_records_at_one_name_leave_open_which_counts() -> None:
    report = judged(GOOD, OTHER, own=spki(KEY))
    assert codes(report) == [("dkim.multiple", "error")]
    assert report.selectors[0].record is None
    assert report.selectors[0].matches_engine_key is False


@pytest.mark.parametrize("outcome", ["servfail", "refused", "timeout"])
def test_a_resolver_that_does_not_say_makes_nothing_invalid(outcome: Outcome) -> None:
    zone = Zone({}, {f"{S1} TXT": outcome})
    report = zone.run(judge(DOMAIN, ["s1"], {"s1": spki(KEY)}))
    assert (report.valid, report.status) == (None, "unknown")
    assert codes(report) == [("dkim.temperror", "unknown")]
    assert report.selectors[0].matches_engine_key is None


def test_an_unanswered_selector_hides_no_error_of_another() -> None:
    zone = Zone({"s2._domainkey.example.com TXT": ["v=DKIM1; p="]}, {f"{S1} TXT": "timeout"})
    report = zone.run(judge(DOMAIN, ["s1", "s2"], {}))
    assert report.valid is False
    assert [one.valid for one in report.selectors] == [None, False]


def test_a_key_kept_elsewhere_is_as_good_and_an_alias_to_nowhere_is_not() -> None:
    records = {f"{S1} CNAME": ["key.example.net"], "key.example.net TXT": [GOOD]}
    report = Zone(records).run(judge(DOMAIN, ["s1"], {}))
    assert codes(report) == [("dkim.cname", "info")]
    assert report.selectors[0].aliases == ("key.example.net",)
    del records["key.example.net TXT"]
    report = Zone(records).run(judge(DOMAIN, ["s1"], {"s1": spki(KEY)}))
    assert codes(report) == [("dkim.cname", "error")]
    assert "key.example.net" in report.findings[0].message


def test_a_wildcard_below_domainkey_is_found_by_a_selector_nobody_publishes() -> None:
    zone = Zone({f"{S1} TXT": [GOOD], "nobody7._domainkey.example.com TXT": [GOOD]})
    assert codes(zone.run(judge(DOMAIN, ["s1"], {}, nonce="nobody7"))) == [
        ("dkim.wildcard", "warning")
    ]
    assert zone.run(judge(DOMAIN, ["s1"], {})).findings == ()


def test_an_ed25519_key_beside_an_rsa_key_is_fine() -> None:
    assert judged(GOOD, selectors=("s1", "s2"), s2=SMALL_ED).findings == ()
    broken = judged("v=DKIM1; p=", selectors=("s1", "s2"), s2=SMALL_ED)
    assert ("dkim.ed25519_only", "warning") in codes(broken)
    assert broken.selector == "s2"
    of_another = judged(OTHER, own=spki(KEY), selectors=("s1", "s2"), s2=SMALL_ED)
    assert ("dkim.ed25519_only", "warning") in codes(of_another)


def test_an_rsa_key_that_was_not_answered_may_be_there() -> None:
    zone = Zone({"s2._domainkey.example.com TXT": [SMALL_ED]}, {f"{S1} TXT": "timeout"})
    assert codes(zone.run(judge(DOMAIN, ["s1", "s2"], {}))) == [("dkim.temperror", "unknown")]


def test_without_a_selector_only_an_empty_domainkey_is_certain() -> None:
    assert codes(judged(selectors=())) == [("dkim.missing", "error")]
    report = judged(GOOD, selectors=())
    assert codes(report) == [("dkim.no_selector", "unknown")]
    assert report.valid is None


def test_everything_is_asked_at_once() -> None:
    asking = judge(DOMAIN, ["s1", "s2", "s3"], {}, nonce="nobody7")
    assert len(next(asking)) == 5


def test_an_ed25519_key_is_compared_too() -> None:
    report = judged(SMALL_ED, own=spki(Ed25519Key(bytes(32))))
    assert report.selectors[0].matches_engine_key is True


@pytest.mark.parametrize(
    "text",
    [
        "v=DKIM1; p=",
        "v=DKIM2; p=x",
        "v=DKIM1; p=MIIB",
        "v=DKIM1; k=ed448; p=AAAA",
        GOOD + "; h=sha1",
        GOOD + "; s=tlsrpt",
    ],
)
def test_in_place_of_a_record_that_is_wrong_that_of_the_engine_s_key_is_written_out(
    text: str,
) -> None:
    (found,) = [one for one in judged(text, own=spki(KEY)).findings if one.severity == "error"]
    assert f"{S1}. IN TXT" in found.fix
    assert GOOD[:200] in found.fix


def test_of_several_records_the_one_to_leave_is_written_out() -> None:
    (found,) = judged(GOOD, OTHER, own=spki(KEY)).findings
    assert GOOD[:200] in found.fix


def test_a_weak_key_of_the_engine_is_not_to_be_published_again() -> None:
    small = RsaKey((1 << 511) + 1, 65537)
    (found,) = judged(key_record("rsa", spki(small)), own=spki(small)).findings
    assert (found.code, "IN TXT" in found.fix) == ("dkim.weak", False)


@pytest.mark.parametrize(
    ("text", "record"),
    [
        (GOOD.replace("p=", 'p="') + '"', GOOD),
        (GOOD[:200] + '" "' + GOOD[200:], GOOD),
        ("v=DKIM1; k=ed25519; " + GOOD.rpartition(" ")[2], GOOD),
        ("v=DKIM1; " + SMALL_ED.rpartition(" ")[2], SMALL_ED),
        (
            "v=DKIM1; k=ed25519; p="
            + base64.b64encode(spki(Ed25519Key(bytes(range(32))))).decode(),
            key_record("ed25519", bytes(range(32))),
        ),
    ],
)
def test_a_key_that_is_only_written_wrongly_is_written_out_rightly(text: str, record: str) -> None:
    (found,) = [one for one in judged(text).findings if one.severity == "error"]
    assert found.code == "dkim.badkey"
    again = judged("".join(re.findall('"([^"]*)"', found.fix)))
    assert again.selectors[0].record == record
    assert again.valid is True


def test_a_key_of_which_a_part_is_lost_cannot_be_written_out() -> None:
    (found,) = judged(GOOD[:200]).findings
    assert (found.code, "IN TXT" in found.fix) == ("dkim.badkey", False)


@pytest.mark.parametrize("exponent", [1 << 31, (1 << 31) + 1, (1 << 64) + 1])
def test_an_exponent_longer_than_some_verifiers_read_is_told(exponent: int) -> None:
    assert ("dkim.exponent", "warning") in codes(judged(rsa_of(2048, exponent)))
    assert judged(rsa_of(2048, (1 << 31) - 1)).findings == ()
