"""Passwords of SMTP users: in the node's copy of a file, and nowhere else."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.secrets_dir import SecretsDir
from engine.effects import LookForLogins
from engine.events.engine import LoginsLooked
from engine.ids import IpAddr, Position
from engine.reactors import reactors
from engine.reactors.logins import LOGIN_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.passwords import UNKNOWN, emptied, filled, login, parse_password
from engine.values.login import Login
from engine.values.tuning import Tuning
from tests.support.samples import registered, stage
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, ReactorSpec

NAME = "acme--203-0-113-7"
SPEC, KEEPER = ReactorSpec(LOGIN_REACTOR), ReactorSpec(ROLLOUT)
LATER = DAY_1 + timedelta(minutes=15)
PASSWORDS = st.from_regex(r"[A-Za-z0-9._~!@%^&*+=:,?/-]{8,20}", fullmatch=True)


def text_of(secret: str) -> str:
    return f"<smtp-user {NAME}>\n  password {secret}\n  source {NAME}\n</smtp-user>\n"


def kept(**texts: str) -> Mapping[str, str]:
    return {
        f"{NAME}{suffix.replace('v', '.')}".removesuffix(".1"): t for suffix, t in texts.items()
    }


@given(PASSWORDS, PASSWORDS)
def test_what_is_filled_in_is_emptied_again(old: str, new: str) -> None:
    known = kept(v1=old, v2=new) if old != new else kept(v1=old)
    for name in known:
        text = text_of(f"{{secret:{name}}}")
        laid = filled(text, known.__getitem__)
        assert laid == text_of(known[name])
        assert emptied(laid.encode(), lambda of: known if of == NAME else {}) == text.encode()


@pytest.mark.parametrize("found", ["not-ours-at-all", "{secret:acme--203-0-113-7}", "a b # c"])
def test_a_password_that_is_not_ours_is_neither_kept_nor_taken_for_ours(found: str) -> None:
    data = emptied(text_of(found).encode(), lambda _: kept(v1="another-one"))
    assert data.decode() == text_of(UNKNOWN)


def test_the_password_of_one_login_does_not_stand_for_anothers() -> None:
    rivals = text_of("the-same-word").replace(NAME, "rival--203-0-113-7")
    data = emptied(rivals.encode(), lambda of: kept(v1="the-same-word") if of == NAME else {})
    assert UNKNOWN in data.decode()


def test_a_password_outside_of_its_user_does_not_stand_for_it() -> None:
    data = text_of("the-same-word") + "password the-same-word\n"
    ours = emptied(data.encode(), lambda of: kept(v1="the-same-word") if of == NAME else {})
    assert ours.decode() == text_of(f"{{secret:{NAME}}}") + f"password {UNKNOWN}\n"


@given(st.binary())
def test_a_file_without_users_is_left_byte_for_byte(data: bytes) -> None:
    assert emptied(data, lambda _: {}) == data or b"<smtp-user " in data


@given(st.binary(max_size=40), PASSWORDS)
def test_no_other_byte_of_a_file_is_changed(junk: bytes, password: str) -> None:
    junk = junk.replace(b"<", b"").replace(b"p", b"")
    data = junk + b"\n" + text_of(password).encode() + junk
    ours = emptied(data, lambda _: kept(v1=password))
    assert ours == junk + b"\n" + text_of(f"{{secret:{NAME}}}").encode() + junk


BAD = [
    *("", "short12", "x" * 129, "with blank in", "a#comment-in", 'quo"te-word', "new\nline-x"),
    *("{secret:abc}", "caf\u00e9-\u00e9t\u00e9"),
]


@pytest.mark.parametrize("text", BAD)
def test_a_password_that_powermta_would_read_otherwise_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ValueError, match="a password has 8 to 128") as refused:
        parse_password(text)
    assert not text or text not in str(refused.value)


# --- the directory


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


def test_the_newest_password_is_the_one_of_the_highest_number(place: Path) -> None:
    for name, text in (
        (NAME, "first-one"),
        (f"{NAME}.2", "second-1"),
        (f"{NAME}.10", "tenth-one\n"),
    ):
        (place / name).write_text(text)
    (place / f"{NAME}.old").write_text("not-counted")
    (place / f"{NAME}8").write_text("another-login")
    found = SecretsDir(place).of(NAME)
    assert list(found.texts.items()) == [
        (NAME, "first-one"),
        (f"{NAME}.2", "second-1"),
        (f"{NAME}.10", "tenth-one"),
    ]
    assert found.why == ""


def test_the_same_password_again_is_no_new_one(place: Path) -> None:
    (place / NAME).write_text("first-one")
    (place / f"{NAME}.2").write_text("first-one")
    assert list(SecretsDir(place).of(NAME).texts) == [NAME]


def test_a_bad_password_leaves_the_old_one_standing_and_is_said_without_being_shown(
    place: Path,
) -> None:
    (place / NAME).write_text("first-one")
    (place / f"{NAME}.2").write_text("bad one")
    found = SecretsDir(place).of(NAME)
    assert list(found.texts) == [NAME]
    assert f"{place / NAME}.2 cannot be used" in found.why
    assert "bad one" not in found.why
    (place / f"{NAME}.2").write_bytes(b"\xff" * 9)
    assert "not UTF-8" in SecretsDir(place).of(NAME).why


def test_a_password_that_is_missing_is_said_with_the_file_where_it_is_looked_for(
    place: Path,
) -> None:
    for directory in (place, place / "gone"):
        found = SecretsDir(directory).of(NAME)
        assert (found.texts, found.why) == (
            {},
            f"there is no file {directory / NAME} with its password",
        )
    with pytest.raises(LookupError, match=f"cannot read the secret {place / NAME}"):
        SecretsDir(place).text(NAME)


# --- when it is looked for, and what comes of it

IN = Login(NAME)
FOUND = LoginsLooked(changed={IP: IN}, nodes={IP: NODE})


def look(cycle: int) -> LookForLogins:
    return LookForLogins(tenant=ACME, cycle=Position(cycle))


def test_a_new_addresss_password_is_looked_for_at_once_and_then_in_time() -> None:
    SPEC.asks(given=[registered()], then=[look(1)])
    SPEC.asks(given=[registered(), FOUND], then=[], wakes=LATER)
    SPEC.asks(given=[registered(), FOUND], at=LATER, then=[look(2)])
    SPEC.asks(given=[registered(), FOUND, registered(ip=OTHER)], then=[look(3)])


def test_nobody_looks_where_no_directory_is_configured() -> None:
    names = {one.name for one in reactors(Tuning(), DEFAULT)}
    assert {one.name for one in reactors(Tuning(passwords=True), DEFAULT)} - names == {"logins"}


def test_a_password_that_is_found_brings_its_user_into_the_file_and_takes_it_out_again() -> None:
    before = KEEPER.view([stage(2)])
    (wish,) = KEEPER.view([stage(2), FOUND]).wanted.values()
    assert (before.wanted[IP].login, wish.login) == ("", NAME)
    assert f"password {{secret:{NAME}}}" in tenant_file.render(ACME, {IP: wish})
    (later,) = KEEPER.view([stage(2), FOUND, stage(3)]).wanted.values()
    assert later.login == NAME
    gone = LoginsLooked(changed={IP: Login("", "gone")}, nodes={IP: NODE})
    assert KEEPER.view([stage(2), FOUND, gone]).wanted == before.wanted


def test_what_is_as_it_was_makes_no_new_rollout() -> None:
    same, nobody = LoginsLooked(changed={IP: IN}, nodes={IP: NODE}), Login("", "missing")
    view = KEEPER.view([stage(2), FOUND])
    assert KEEPER.view([stage(2), FOUND, same]).deploy == view.deploy
    missing = LoginsLooked(changed={IP: nobody}, nodes={IP: NODE})
    assert KEEPER.view([stage(2), missing]).deploy == KEEPER.view([stage(2)]).deploy


def test_a_password_of_an_address_that_the_file_does_not_have_is_none_of_its_affair() -> None:
    strange = LoginsLooked(changed={OTHER: IN}, nodes={OTHER: NODE})
    assert KEEPER.view([stage(2), strange]).logins == {}


def test_a_login_is_called_as_its_vmta() -> None:
    assert login(ACME, IP) == tenant_file.vmta(ACME, IP) == NAME
    assert login(ACME, IpAddr("2001:db8::")) == "acme--2001-db8--"
