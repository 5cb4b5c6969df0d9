"""The fleet file: read with every error at once, each with its line; and written again."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.api.meant import fields
from engine.app import fleet_file
from engine.app.fleet_file import FleetFileWrong
from engine.app.fleet_file.decoding import KINDS
from engine.app.fleet_file.lines import line_of, lines
from engine.errors import StartRefused
from engine.rules.fleet import ladder_said
from engine.rules.fleet.declared import Fleet
from engine.rules.warmup import plans
from engine.rules.warmup.ladders import LADDERS
from engine.values.plan import Interpolation, Plan
from tests.support import fleets

WRONG = """\
# what an operator may write on a bad day
[[tenants]]
slug = "Acme"

[[tenants]]
slug = "beta"
quota = 0
day_tz = "Europe/Bern"
authority = "obsreve"

[[nodes]]
name = "mta-1"
hots = "192.0.2.9"
port = 70000
removed = true

[[domains]]
domain = "acme@example.com"
tenant = "beta"
selectors = [
  "default",
  "s 2",
]

[[ips]]
address = "192.0.2.256"
tenant = "beta"

[[ips]]
address = "192.0.2.1"
tenant = "bata"
caps = []

[[ips]]
address = "192.0.2.2"
tenant = "beta"
caps = [50, 200, 100]

[[ips]]
tenant = "beta"

[[ips]]
address = "192.0.2.2"
tenant = "beta"
stage_days = 3

[[chats]]
chat = "-1001"
"""
SAID = """\
fleet.toml:3: tenants[0].slug (Acme): 'Acme' is not a slug: lower-case letters, digits and single \
dashes between them, at most 40
fleet.toml:7: tenants[1].quota (beta): expected `int` >= 1
fleet.toml:8: tenants[1].day_tz (beta): no time zone 'Europe/Bern' is known; write it as \
Europe/Berlin
fleet.toml:9: tenants[1].authority (beta): invalid enum value 'obsreve'; there are observe, act
fleet.toml:13: there is no key `hots` (at nodes[0]); did you mean `host`?
fleet.toml:14: nodes[0].port (mta-1): expected `int` <= 65535
fleet.toml:15: there is no key `removed` (at nodes[0]): only domains, ips and chats can be \
removed; let the engine observe: authority = 'observe'
fleet.toml:18: domains[0].domain (acme@example.com): 'acme@example.com' is a mail address: write \
what is after the @
fleet.toml:22: domains[0].selectors[1] (acme@example.com): 's 2' is not a selector: letters, \
digits and dashes, as in s= of a DKIM-Signature
fleet.toml:26: ips[0].address (192.0.2.256): '192.0.2.256' is not an address; write 192.0.2.1 or \
2001:db8::1 alone: no brackets, port, prefix length, spaces or leading zeros
fleet.toml:31: ips[1].tenant (192.0.2.1): there is no tenant 'bata' in the file; did you mean \
`beta`?
fleet.toml:32: ips[1].caps (192.0.2.1): a ladder has at least one stage
fleet.toml:37: ips[2].caps[2] (192.0.2.2): stage 3: 100 a day falls below the 200 before
fleet.toml:39: ips[3]: `address` is missing
fleet.toml:43: ips[4].address (192.0.2.2): it is in the file twice, first as ips[2]
fleet.toml:45: ips[4].stage_days (192.0.2.2): a built-in ladder has its own days; `stage_days` \
goes with `caps`
fleet.toml:47: chats[0] (-1001): say of whom it hears: tenant = 'acme', or platform = true for \
everything
"""


def said(text: str) -> tuple[str, ...]:
    with pytest.raises(FleetFileWrong) as wrong:
        fleet_file.parse(text, "fleet.toml")
    return wrong.value.said


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file_and_with_its_line() -> None:
    assert "\n".join(said(WRONG)) + "\n" == SAID


TENANTS = '[[tenants]]\nslug = "acme"\n[[tenants]]\nslug = "beta"\n'
A, B = 'address = "192.0.2.1"', 'address = "::ffff:192.0.2.1"'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'[[ips]]\n{A}\ntenant = "acme"\n[[ips]]\n{B}\ntenant = "beta"\n',
         "fleet.toml:9: ips[1].address (::ffff:192.0.2.1): it is in the file twice, of acme in"
         " ips[0] and of beta here; an address is one tenant's"),
        (f'[[ips]]\n{A}\ntenant = "acme"\n[[ips]]\n{A}\ntenant = "acme"\n',
         "fleet.toml:9: ips[1].address (192.0.2.1): it is in the file twice, first as ips[0]"),
        ('[[domains]]\ndomain = "A.example."\ntenant = "acme"\n'
         '[[domains]]\ndomain = "a.example"\ntenant = "beta"\n',
         "fleet.toml:9: domains[1].domain (a.example): it is in the file twice, of acme in"
         " domains[0] and of beta here; a domain is one tenant's"),
        ('[[tenants]]\nslug = "beta"\n',
         "fleet.toml:6: tenants[2].slug (beta): it is in the file twice, first as tenants[1]"),
        (f'[[ips]]\n{A}\ntenant = "bta"\n',
         "fleet.toml:7: ips[0].tenant (192.0.2.1): there is no tenant 'bta' in the file; did you"
         " mean `beta`?"),
        (f'[[ips]]\n{A}\ntenant = "acme"\nladder = "sendgird"\n', "there is no ladder 'sendgird'"),
        (f'[[ips]]\n{A}\ntenant = "acme"\nladder = "default"\ncaps = [50]\n', "keep one of them"),
        (f'[[ips]]\n{A}\ntenant = "acme"\nactive_per_day = 10\n', "ips[0].active_per_day"),
        ('[[domains]]\ndomain = "a.example"\ntenant = "acme"\nselectors = ["s"]\n'
         'dkim_keys = { t = "/k.pem" }\n', "fleet.toml:9: domains[0].dkim_keys.t (a.example):"
         " there is no selector 't'; there are s"),
        ('[[chats]]\nchat = "-1"\ntenant = "acme"\nplatform = true\n', "say of whom it hears"),
        ('[[chats]]\nchat = -1\ntenant = "bta"\n', "did you mean `beta`?"),
        ('[[chats]]\nchat = "-1"\ntenant = "beta"\n[[chats]]\nchat = -1\ntenant = "beta"\n',
         "fleet.toml:9: chats[1].chat: it is in the file twice, first as chats[0]"),
        ('[[chats]]\nchat = "@acme"\ntenant = "acme"\n', "fleet.toml:6: chats[0].chat (@acme):"
         " '@acme' is not the number of a chat"),
        ('[[chats]]\nchat = "-1"\ntenant = "acme"\nquiet_tz = "UTC"\n', "and there are none"),
        ('[[chats]]\nchat = "-1"\ntenant = "acme"\nquiet = "22-7"\n', "write them as"),
        ("[telegram]\nusers = [4242]\n", "here chats are [[chats]]"),
        ("ips = 3\n", "fleet.toml:5: ips: write each as a table of its own, under [[ips]]"),
    ],
)  # fmt: skip
def test_what_is_wrong_between_tables_and_in_ladders_is_said(text: str, told: str) -> None:
    (one,) = said(text + TENANTS if text.startswith("ips =") else TENANTS + text)
    assert told.replace(":5: ips:", ":1: ips:") in one


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    torn, binary = tmp_path / "torn.toml", tmp_path / "binary.toml"
    torn.write_text("[[ips]\n")
    binary.write_bytes(b"\xff\xfe")
    for path in (torn, binary, tmp_path / "none.toml", tmp_path):
        with pytest.raises(StartRefused, match=str(path)):
            fleet_file.load(path)


# --- lines ---------------------------------------------------------------------------------------

AWKWARD = '''\
a.b = 1 # c = 2
"q.r" = """
[x]
y = 1
"""
l = [ # [
  {x = "]", y = [1,
   2]}, '}',
]
[t . "u v"]
d = 1979-05-27 07:32:00
f = -1.5e3
[[t.rows]]
k = {}
[[t.rows]]
[t.rows.sub]
k = \'\'\'a
\'\'\'
z = 1
'''


def test_every_key_is_found_on_its_line() -> None:
    found = lines(AWKWARD)
    expected = {
        ("a", "b"): 1,
        ("q.r",): 2,
        ("l",): 6,
        ("l", 0): 7,
        ("l", 0, "x"): 7,
        ("l", 0, "y", 1): 8,
        ("l", 1): 8,
        ("t", "u v"): 10,
        ("t", "u v", "d"): 11,
        ("t", "u v", "f"): 12,
        ("t", "rows", 0): 13,
        ("t", "rows", 0, "k"): 14,
        ("t", "rows", 1): 15,
        ("t", "rows", 1, "sub"): 16,
        ("t", "rows", 1, "sub", "z"): 19,
    }
    assert {path: found.get(path) for path in expected} == expected
    assert line_of(found, ("t", "rows", 1, "missing")) == 15
    assert line_of(found, ("nothing",)) is None


_KEYS = st.text('ab-_ ."\\#é', min_size=1, max_size=4)
_SCALARS = (
    st.integers() | st.booleans() | st.text("a]}[{'\"#\n\\=,.", max_size=6) | st.floats(-9, 9)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)


def _written(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_written(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return "[" + "".join(f"\n  {_written(one)}, # ]" for one in value) + "\n]"
    return json.dumps(value)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in pairs:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from _paths(one, (*path, key))


@settings(max_examples=100)
@given(st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_the_lines_are_of_the_keys_that_the_parser_finds(given: dict[str, Any]) -> None:
    text = "".join(f"{json.dumps(key)} = {_written(one)}\n" for key, one in given.items())
    found = lines(text)
    assert set(found) == {*_paths(tomllib.loads(text))}
    rows = text.splitlines()
    for path, line in found.items():
        if isinstance(path[-1], str):
            assert json.dumps(path[-1]) in rows[line - 1]


# --- ladders, and the file written again ----------------------------------------------------------


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(LADDERS)),
    st.none() | st.integers(1, 200_000),
    st.sampled_from(["step", "geometric"]),
)
def test_what_is_said_of_a_ladder_by_name_makes_it_again(
    name: str, active: int | None, between: Interpolation
) -> None:
    try:
        plan = plans.named(name, active, between)
    except plans.PlanError:
        return
    known = ladder_said.said(plan)
    assert known["ladder"] == name
    assert _made(known) == plan


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=6), st.integers(1, 9), st.booleans())
def test_what_is_said_of_an_own_table_makes_it_again(
    caps: list[int], days: int, ramps: bool
) -> None:
    try:
        plan = plans.own(sorted(caps), days, None, "geometric" if ramps else "step")
    except plans.PlanError:
        return
    assert _made(ladder_said.said(plan)) == plan


def test_a_ladder_that_this_version_has_otherwise_is_said_by_its_caps() -> None:
    older = Plan(name="sendgrid", caps=(50, 200), stage_days=2, active_per_day=200)
    known = ladder_said.said(older)
    assert known == {"caps": [50, 200], "stage_days": 2}
    assert ladder_said.same(_made(known), older)
    assert not ladder_said.same(_made({**known, "stage_days": 3}), older)


def _made(known: dict[str, Any]) -> Plan:
    table = {"tenants": [{"slug": "a"}], "ips": [{"address": "::1", "tenant": "a", **known}]}
    (ip,) = fleets.fleet(table).ips
    assert ip.plan is not None
    return ip.plan


@settings(max_examples=40)
@given(fleets.files())
def test_a_fleet_that_is_written_is_read_as_it_was(table: dict[str, Any]) -> None:
    known = fleets.fleet(table)
    whole = fleets.stands(known).fleet
    for one in (known, whole):
        assert fleet_file.parse(fleet_file.text(one), "again").fleet == one


def test_text_that_needs_escapes_is_written_so() -> None:
    name = 'a "b" \\ é\x7f 🚀'
    (tenant,) = fleets.fleet({"tenants": [{"slug": "a"}]}).tenants
    text = fleet_file.text(Fleet(tenants=(replace(tenant, name=name),)))
    assert tomllib.loads(text)["tenants"][0]["name"] == name


def test_the_example_in_the_documentation_is_a_fleet_file_that_says_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block
    file = fleet_file.parse(block[1], "docs/fleet.md")
    for kind, table in KINDS.items():
        said = {key for row in file.given[kind] for key in row}
        of_simulate = {"volume", "bounce", "block", "complaint", "deferral", "rotation"}
        assert {*fields(table)} - said - of_simulate <= {"caps", "stage_days", "removed"}
