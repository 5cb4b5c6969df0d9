"""What a check tells beside its result, and what the public suite leaves open."""

import pytest

from engine.rules.asking import answered
from engine.rules.spf.check import Verdict, check_host, envelope_of
from engine.rules.spf.names import name_of
from engine.rules.spf.run import Limits
from tests.support.spf_zones import SpfZones, ZoneData

IP = "192.0.2.1"


def verdict(zone: ZoneData, ip: str = IP, limits: Limits = Limits()) -> Verdict:  # noqa: B008
    envelope = envelope_of(ip, "a@example.com", "mx.example.com")
    return answered(check_host(envelope, "example.com", limits), SpfZones(zone).answer)


def spf(text: str) -> list[dict[str, str]]:
    return [{"TXT": f"v=spf1 {text}"}]


TREE: ZoneData = {
    "example.com": spf("ip4:203.0.113.1 include:a.example.com ~all"),
    "a.example.com": spf("include:b.example.com include:c.example.com"),
    "b.example.com": spf("-all"),
    "c.example.com": spf("ip4:192.0.2.0/24"),
}


def test_the_terms_that_matched_are_named_from_the_domain_s_own_down() -> None:
    found = verdict(TREE)
    assert (found.term, found.via) == (
        "include:a.example.com",
        ("include:c.example.com", "ip4:192.0.2.0/24"),
    )


def test_a_fail_within_an_include_is_no_match_and_leaves_no_trace() -> None:
    found = verdict(TREE, "198.51.100.1")
    assert (found.result, found.term, found.via) == ("softfail", "~all", ())


def test_where_nothing_matches_no_term_is_named() -> None:
    found = verdict({"example.com": spf("ip4:203.0.113.1")})
    assert (found.result, found.term) == ("neutral", "")


def test_a_redirect_is_named_before_the_term_of_the_other_record() -> None:
    zone = {"example.com": spf("redirect=b.example.com"), "b.example.com": spf("-all")}
    found = verdict(zone)
    assert (found.result, found.term, found.via) == ("fail", "redirect=b.example.com", ("-all",))


def test_an_error_names_the_term_at_which_it_came() -> None:
    zone = {"example.com": spf("include:b.example.com -all"), "b.example.com": spf("a:gone")}
    found = verdict(zone)
    assert (found.result, found.term) == ("permerror", "include:b.example.com")
    assert "b.example.com: 'a:gone'" in found.reason


def test_the_limit_of_void_lookups_can_be_moved() -> None:
    zone = {"example.com": spf("a:x.example.com a:y.example.com a:z.example.com -all")}
    assert verdict(zone).result == "permerror"
    assert verdict(zone, limits=Limits(void=3)).result == "fail"


def test_the_same_dead_name_counts_each_time() -> None:
    zone = {"example.com": spf("a:x.example.com a:x.example.com a:x.example.com -all")}
    assert verdict(zone).result == "permerror"


def test_the_limit_of_terms_holds_through_all_records() -> None:
    zone = {
        "example.com": spf("include:b.example.com a a a -all"),
        "b.example.com": spf("a:example.com " * 6 + "-all"),
    }
    zone["example.com"].append({"A": "203.0.113.9"})
    assert verdict(zone).result == "fail"
    zone["b.example.com"] = spf("a:example.com " * 7 + "-all")
    assert verdict(zone).result == "permerror"


def test_the_preferred_mx_is_compared_first_and_ends_it() -> None:
    zone: ZoneData = {
        "example.com": [
            *spf("mx -all"),
            {"MX": [5, "b.example.com"]},
            {"MX": [10, "a.example.com"]},
        ],
        "a.example.com": ["TIMEOUT"],
        "b.example.com": [{"A": IP}],
    }
    assert verdict(zone).result == "pass"
    turned = {**zone, "a.example.com": [{"A": IP}], "b.example.com": ["TIMEOUT"]}
    assert verdict(turned).result == "temperror"


SILENT_PTR: ZoneData = {"example.com": spf("ptr -all"), "1.2.0.192.in-addr.arpa": ["TIMEOUT"]}


def test_a_silent_ptr_is_passed_over_but_remembered() -> None:
    found = verdict(SILENT_PTR)
    assert found.result == "fail"
    assert [one.name for one in found.unsure] == ["1.2.0.192.in-addr.arpa"]


def test_so_is_a_name_of_the_address_whose_host_is_silent() -> None:
    zone: ZoneData = {
        "example.com": spf("ptr -all"),
        "1.2.0.192.in-addr.arpa": [{"PTR": "mx.example.com"}],
        "mx.example.com": ["TIMEOUT"],
    }
    found = verdict(zone)
    assert (found.result, [one.name for one in found.unsure]) == ("fail", ["mx.example.com"])


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["a.net", "b.example.com", "example.com"], "example.com"),
        (["a.net", "b.example.com"], "b.example.com"),
        (["b.net", "a.net"], "a.net"),
        ([], "unknown"),
    ],
)
def test_of_the_names_of_an_address_the_nearest_to_the_domain_is_its_macro(
    names: list[str], best: str
) -> None:
    zone: ZoneData = {
        "1.2.0.192.in-addr.arpa": [{"PTR": name} for name in names],
        **{name: [{"A": IP}] for name in names},
        "example.com": [*spf("-all exp=e.example.com"), {"A": IP}],
        "e.example.com": [{"TXT": "%{p}"}],
    }
    assert verdict(zone).explanation == best


def test_names_beyond_the_tenth_of_an_address_are_not_looked_at() -> None:
    names = [{"PTR": f"a{number:02}.example.com"} for number in range(11)]
    zone: ZoneData = {
        "example.com": spf("ptr -all"),
        "1.2.0.192.in-addr.arpa": names,
        "a10.example.com": [{"A": IP}],
    }
    # Of the eleven only the last leads back; the ten before it are not there.
    found = verdict(zone, limits=Limits(void=100))
    assert (found.result, found.names_ignored) == ("fail", 1)


def test_a_name_of_the_address_outside_the_domain_is_not_even_looked_up() -> None:
    zone: ZoneData = {
        "example.com": spf("ptr -all"),
        "1.2.0.192.in-addr.arpa": [{"PTR": "mx.badexample.com"}],
        "mx.badexample.com": [{"A": IP}],
    }
    zones = SpfZones(zone)
    envelope = envelope_of(IP, "a@example.com", "mx.example.com")
    assert answered(check_host(envelope, "example.com"), zones.answer).result == "fail"
    assert "mx.badexample.com" not in {one.name for one in zones.asked}


def test_a_bounce_is_judged_by_its_helo_name() -> None:
    envelope = envelope_of(IP, "", "mx.example.com")
    assert (envelope.local, envelope.sender_domain) == ("postmaster", "mx.example.com")


@pytest.mark.parametrize("domain", ["", "com", "[192.0.2.1]", "a..example.com", f"{'a' * 64}.com"])
def test_what_is_no_name_of_a_domain_has_no_record(domain: str) -> None:
    envelope = envelope_of(IP, "a@example.com", "mx.example.com")
    zones = SpfZones({})
    assert answered(check_host(envelope, domain), zones.answer).result == "none"
    assert not zones.asked or domain == "[192.0.2.1]"


def test_a_name_that_is_too_long_loses_labels_on_its_left() -> None:
    name = ".".join(["a" * 49] * 8)  # 399 octets
    assert name_of(f"{name}.") == ".".join(["a" * 49] * 5)


@pytest.mark.parametrize("local", ["a\\.b", "\u00e9", "a..b", "x" * 64])
def test_a_sender_that_makes_no_name_matches_no_exists(local: str) -> None:
    zones = SpfZones({"example.com": spf("exists:%{l}.x.example.com -all")})
    envelope = envelope_of(IP, f"{local}@example.com", "mx.example.com")
    found = answered(check_host(envelope, "example.com"), zones.answer)
    assert (found.result, found.void) == ("fail", ())
    assert len(zones.asked) == 1


def test_the_words_for_a_fail_may_speak_of_receiver_and_time() -> None:
    zone = {"example.com": spf("-all exp=e.example.com")}
    zone["e.example.com"] = [{"TXT": "%{c} at %{t} by %{r}, ask %{o}"}]
    envelope = envelope_of(IP, "a@example.com", "h.example.com", receiver="mx.b.net", at=12)
    found = answered(check_host(envelope, "example.com"), SpfZones(zone).answer)
    assert found.explanation == "192.0.2.1 at 12 by mx.b.net, ask example.com"


def test_as_many_labels_stay_as_fit() -> None:
    """253 octets are a name (RFC 7208 7.3), and one more costs a whole label."""
    fits = ".".join(["a" * 49, *["b" * 49] * 4, "com"])
    assert len(fits) == 253
    assert name_of(fits) == fits
    assert name_of(f"x.{fits}") == fits
    assert name_of(f"x.y{fits}") == fits.partition(".")[2]
    assert name_of("a" * 300) == "a" * 300
