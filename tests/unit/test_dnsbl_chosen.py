"""The lists that a configuration chooses, and what it is refused for."""

from pathlib import Path
from typing import Any

import pytest

from engine import config
from engine.errors import StartRefused
from engine.ids import IpAddr, Zone
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import (
    DBL,
    DEFAULT,
    KNOWN,
    PBL,
    SBL,
    SORBS,
    SPAMCOP,
    UCEPROTECT,
    XBL,
    ZEN,
    ZRD,
    Key,
    Settings,
    catalogue,
    key,
)

MAILSPIKE = Zone("bl.mailspike.net")
OWN = Zone("bl.example.net")
KEYS = {"spamhaus": Key("s3cret-dqs")}


def settings(**table: Any) -> Settings:
    return config.read({"dnsbl": table}).dnsbl


def refused(**table: Any) -> str:
    with pytest.raises(StartRefused) as refusal:
        config.block_lists(config.read({"dnsbl": table}), {})
    return str(refusal.value)


# --- on, off, actions, budgets -------------------------------------------------------------------


def test_without_a_word_the_nine_are_watched() -> None:
    assert catalogue() == DEFAULT
    assert config.block_lists(config.read({}), {}) == DEFAULT


def test_a_list_of_the_catalogue_is_switched_on_and_one_of_the_nine_off() -> None:
    made = catalogue(settings(on=[MAILSPIKE, DBL], off=[UCEPROTECT]))
    assert set(made) == set(DEFAULT) - {UCEPROTECT} | {MAILSPIKE, DBL}
    assert made[MAILSPIKE] == KNOWN[MAILSPIKE]


def test_names_are_read_in_any_case_and_with_the_last_dot() -> None:
    assert MAILSPIKE in catalogue(settings(on=["BL.MailSpike.Net."]))


def test_to_switch_on_one_of_the_nine_changes_nothing() -> None:
    assert catalogue(settings(on=[SPAMCOP])) == DEFAULT


def test_zen_goes_with_its_parts() -> None:
    assert not {ZEN, SBL, XBL, PBL} & set(catalogue(settings(off=[ZEN, SBL, XBL, PBL])))
    assert {ZEN, XBL} <= set(catalogue(settings(off=[SBL])))


def test_action_and_budget_are_the_operators() -> None:
    made = catalogue(
        settings(on=[MAILSPIKE], actions={SPAMCOP: "alert", PBL: "none"}, budgets={MAILSPIKE: 50})
    )
    assert (made[SPAMCOP].action, made[PBL].action) == ("alert", "none")
    assert made[MAILSPIKE].questions_a_day == 50
    assert made[ZEN] == DEFAULT[ZEN]


# --- own lists -----------------------------------------------------------------------------------


def test_an_own_list_is_asked_and_judged_like_the_others() -> None:
    own = {"codes": {"127.0.0.5": "our trap"}, "action": "standby", "budget_per_day": 900}
    made = catalogue(settings(own={OWN: own}))
    one = made[OWN]
    assert (one.name, one.action, one.questions_a_day) == (OWN, "standby", 900)
    assert (one.must_list, one.must_not_list) == (("127.0.0.2",), ("127.0.0.1",))
    assert OWN in dnsbl.to_ask((), made)
    assert dnsbl.judge(OWN, ("127.0.0.5",), made)[OWN].verdict == "listed"
    assert dnsbl.judge(OWN, ("127.0.0.2",), made)[OWN].verdict == "unanswered"
    assert dnsbl.explained(OWN, ("127.0.0.5",), made) == ("127.0.0.5: our trap",)


def test_an_own_list_alerts_unless_it_is_told_to_stop() -> None:
    assert catalogue(settings(own={OWN: {"codes": {"127.0.0.2": "x"}}}))[OWN].action == "alert"


def test_an_own_list_of_domains_is_tested_by_names() -> None:
    one = catalogue(settings(own={OWN: {"codes": {"127.0.0.2": "x"}, "kind": "domain"}}))[OWN]
    assert (one.must_list, one.must_not_list) == (("test",), ("invalid",))


def test_an_own_list_may_have_test_points_of_its_own() -> None:
    own = {"codes": {"127.0.0.2": "x"}, "must_list": ["127.0.0.9"], "must_not_list": []}
    one = catalogue(settings(own={OWN: own}))[OWN]
    assert (one.must_list, one.must_not_list) == (("127.0.0.9",), ())


# --- keys ----------------------------------------------------------------------------------------


def test_with_a_key_zen_is_asked_as_a_customer_under_the_name_it_always_had(
    tmp_path: Path,
) -> None:
    (tmp_path / "dqs").write_text("s3cret-dqs\n")
    table = {"dnsbl": {"spamhaus_key_file": "credential:dqs", "on": [ZRD, DBL]}}
    made = config.block_lists(config.read(table), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    asked = dnsbl.question(IpAddr("203.0.113.7"), ZEN, made)
    assert asked == "7.113.0.203.s3cret-dqs.zen.dq.spamhaus.net"
    assert set(made) == {*DEFAULT, ZRD, DBL}
    assert made[ZRD].asked == "s3cret-dqs.zrd.dq.spamhaus.net"
    assert dnsbl.question(IpAddr("203.0.113.7"), SPAMCOP, made).endswith(f".203.{SPAMCOP}")
    assert "s3cret-dqs" not in repr(made)


def test_an_own_list_may_have_a_key_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k1")
    own = {"codes": {"127.0.0.2": "x"}, "key_file": str(file)}
    made = config.block_lists(config.read({"dnsbl": {"own": {"BL.example.net": own}}}), {})
    assert dnsbl.question(IpAddr("203.0.113.7"), OWN, made) == "7.113.0.203.k1.bl.example.net"


@pytest.mark.parametrize("text", ["", "two words", "a.b", "-a", "x" * 64, "kéy", "k{key}"])
def test_a_key_that_is_no_label_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="the key for spamhaus cannot be part of a name") as wrong:
        key(text, "spamhaus")
    assert not text or text not in str(wrong.value)


def test_a_list_for_customers_is_not_asked_without_a_key() -> None:
    assert "name the file of the key with `spamhaus_key_file`" in refused(on=[ZRD])
    assert ZRD in catalogue(settings(on=[ZRD]), KEYS)


def test_a_key_file_that_is_missing_is_named() -> None:
    assert "cannot read the secret /nowhere/dqs" in refused(spamhaus_key_file="/nowhere/dqs")


# --- what is refused -----------------------------------------------------------------------------

CODES = {"127.0.0.2": "x"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"on": ["bl.mailspyke.net"]}, "did you mean bl.mailspike.net?"),
        ({"on": ["bl.mailspyke.net"]}, '[dnsbl.own."bl.mailspyke.net"]'),
        ({"on": ["mailspike"]}, "'mailspike' is no zone"),
        ({"on": ["ix.dnsbl.manitu.net"]}, "cannot be asked: NiX Spam was closed"),
        ({"on": ["list.dnswl.org"]}, "it is a list of good senders"),
        ({"on": [MAILSPIKE, "BL.mailspike.net"]}, "stands twice in `on`"),
        ({"on": [SPAMCOP], "off": [SPAMCOP]}, "is switched on and off"),
        ({"off": [MAILSPIKE]}, "is off unless it is switched on"),
        ({"off": [ZEN]}, "sbl.spamhaus.org is read from the answer of zen.spamhaus.org"),
        ({"on": ["dyna.spamrats.com"]}, "read from the answer of all.spamrats.com"),
        ({"onn": []}, "there is no key `onn` - at `$.dnsbl`; did you mean `on`?"),
        ({"actions": {SPAMCOP: "stop"}}, "Invalid enum value 'stop'"),
        ({"actions": {"bl.spamcop.org": "alert"}}, "did you mean bl.spamcop.net?"),
        ({"actions": {MAILSPIKE: "alert"}}, "which is switched off"),
        ({"on": [DBL], "actions": {DBL: "standby"}}, "it lists domains, and action standby"),
        ({"budgets": {SPAMCOP: 0}}, "bl.spamcop.net: a budget of 0 questions a day asks nothing"),
        ({"budgets": {PBL: 10}}, "read from the answer of zen.spamhaus.org: set the budget of"),
        ({"budgets": {MAILSPIKE: 10}}, "which is switched off"),
        ({"own": {SORBS: {"codes": CODES}}}, "is in the catalogue: switch it on"),
        ({"own": {MAILSPIKE: {"codes": CODES}}}, "is in the catalogue: switch it on"),
        ({"own": {"spam.dnsbl.sorbs.net": {"codes": CODES}}}, "Proofpoint closed SORBS"),
        ({"own": {"bl": {"codes": CODES}}}, "'bl' is no zone"),
        ({"own": {OWN: {}}}, "missing required field `codes`"),
        ({"own": {OWN: {"codes": {}}}}, "bl.example.net: it has no codes"),
        ({"own": {OWN: {"codes": {"127.0.0.1": "x"}}}}, "code 127.0.0.1 is reserved"),
        ({"own": {OWN: {"codes": {"127.255.255.254": "x"}}}}, "127.255.255.254 is reserved"),
        ({"own": {OWN: {"codes": {"192.0.2.1": "x"}}}}, "is no address in 127.0.0.0/8"),
        ({"own": {OWN: {"codes": CODES, "budget_per_day": 0}}}, "asks nothing"),
        ({"own": {OWN: {"codes": CODES, "must_list": []}}}, "nothing could prove it alive"),
        ({"own": {OWN: {"codes": CODES, "cods": 1}}}, "did you mean `codes`?"),
        ({"own": {OWN: {"codes": CODES}, f"{OWN}.": {"codes": CODES}}}, "stands twice in `own`"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused_in_words(
    table: dict[str, Any], said: str
) -> None:
    assert said in refused(**table)
