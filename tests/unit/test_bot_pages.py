"""Long answers in pages, rows of any age, orders that wait, and who may ask."""

import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.app.people import known_to
from engine.bot import pages
from engine.bot.access import SCOPES
from engine.bot.entries import PAGE_MAX, clipped, paged, split
from engine.bot.pending import KEPT_MAX, LIFE, Order, Pending
from engine.config import Telegram
from engine.demo.telegram_html import visible
from engine.errors import StartRefused
from engine.ids import TenantId
from engine.ports.people import DATA_MAX
from engine.rules.alert_ref import ref
from engine.rules.chat_html import safe
from tests.support.spec import DAY_1

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=900)


@given(st.lists(TEXT, max_size=40), TEXT)
@settings(max_examples=200)
def test_pages_hold_every_entry_whole_and_in_order_and_fit_telegram(
    texts: list[str], head: str
) -> None:
    entries, above = [clipped(text) for text in texts], clipped(head, 100)
    found = split(above, entries)
    for page in found:
        assert page.startswith(above)
        assert len(visible(page).encode("utf-16-le")) // 2 <= 4096
    below = [page[len(above) :].removeprefix("\n") for page in found]
    assert "\n".join(below) == "\n".join(entries)
    assert all(below) or not entries


def test_a_page_is_full_before_the_next_begins() -> None:
    found = split("head", ["x" * 99] * 80, limit=1_000)
    assert [page.count("\n") for page in found] == [9, 9, 9, 9, 9, 9, 9, 9, 8]


def test_an_entry_that_fills_a_page_stands_on_the_first() -> None:
    head, full = clipped("&" * 100), PAGE_MAX - 101
    for entry in (safe("&" * full), safe("&" * (full - 1))):
        assert split(head, [entry, "next"]) == [f"{head}\n{entry}", f"{head}\nnext"]
    room = safe("&" * (full - len("\nnext")))
    assert split(head, [room, "next"]) == [f"{head}\n{room}\nnext"]


def test_a_page_beyond_the_last_is_the_last() -> None:
    entries = [f"{n}" * 600 for n in range(9)]
    (reply,) = paged("/ips", 99, "head", entries)
    last = split("head", entries)
    assert reply.html == last[-1]
    assert [one.data for row in reply.buttons for one in row] == [f"page:{len(last) - 1}:/ips"]


def test_a_line_too_long_for_a_button_has_none() -> None:
    (reply,) = paged("/events " + "x" * DATA_MAX, 1, "head", ["y" * 700] * 20)
    assert reply.buttons == ()
    assert reply.html.endswith(
        "page 1 of 5; the question is too long for buttons: the API has the rest"
    )
    (whole,) = paged("/events " + "x" * DATA_MAX, 1, "head", ["y" * 700])
    assert whole.html == "head\n" + "y" * 700


def test_an_entry_is_cut_before_it_is_escaped() -> None:
    cut = clipped("<" * 800)
    assert visible(cut) == "<" * 699 + "…"


def test_a_row_of_another_age_is_read_as_far_as_it_goes() -> None:
    row = msgspec.json.decode(
        b'{"ip":"192.0.2.9","tenant":"a<b","phase":"WARMING","cap":50,"told":7,"new":[1]}'
    )
    assert visible(pages.line(row)) == "192.0.2.9 a<b · WARMING · 50/day"
    assert visible(pages.line({})) == "? · unknown"


# --- orders that wait -----------------------------------------------------------------------------


def order(user: int = 42) -> Order:
    return Order(
        chat=-1,
        user=user,
        until=DAY_1 + LIFE,
        tenant=TenantId("acme"),
        does="",
        path="/",
        of={},
        given={},
    )


def test_an_order_is_taken_once_in_its_chat_by_who_asked_and_in_time() -> None:
    waits, last = Pending(), DAY_1 + LIFE - timedelta(microseconds=1)
    waits.put("a", order())
    assert waits.take("a", -2, 42, DAY_1) == "unknown"
    assert waits.take("a", -1, 43, DAY_1) == "anothers"
    assert waits.take("a", -1, 42, last) == order()
    assert waits.take("a", -1, 42, last) == "spent"
    assert waits.take("a", -1, 43, last) == "anothers"
    waits.put("b", order())
    assert waits.take("b", -1, 42, DAY_1 + LIFE) == "late"
    assert Pending().take("b", -1, 42, DAY_1) == "unknown"


def test_orders_that_nobody_confirms_do_not_pile_up() -> None:
    waits = Pending()
    for n in range(KEPT_MAX + 1):
        waits.put(str(n), order())
    assert waits.take("0", -1, 42, DAY_1) == "unknown"
    assert waits.take("1", -1, 42, DAY_1) == order()
    assert waits.take("1", -1, 42, DAY_1) == "spent"


def test_orders_that_were_given_do_not_pile_up() -> None:
    waits = Pending()
    for n in range(KEPT_MAX + 1):
        waits.put(str(n), order())
        waits.take(str(n), -1, 42, DAY_1)
    assert waits.take("0", -1, 42, DAY_1) == "unknown"
    assert waits.take("1", -1, 42, DAY_1) == "spent"


# --- who may ask ----------------------------------------------------------------------------------


def test_people_are_operators_unless_the_configuration_says_otherwise() -> None:
    given = b"""{"token_file": "t", "users": [42, {"id": 7, "role": "reader"}],
               "chats": [{"chat": "-1", "tenants": ["acme"]}]}"""
    known = known_to(msgspec.json.decode(given, type=Telegram))
    assert known.users == {42: "operator", 7: "reader"}
    assert known.chats[-1].eyes == ("acme",)
    assert "operate" not in SCOPES["reader"]
    assert all("admin" not in scopes for scopes in SCOPES.values())


@pytest.mark.parametrize("user", [b'"@name"', b'{"id": 7, "role": "owner"}', b'{"id": 7}'])
def test_people_are_known_by_number_and_role(user: bytes) -> None:
    given = b'{"token_file": "t", "users": [' + user + b"]}"
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(given, type=Telegram)


def test_a_chat_that_is_no_number_refuses_the_start() -> None:
    given = b'{"token_file": "t", "chats": [{"chat": "@operators"}]}'
    with pytest.raises(StartRefused, match="not the number of a chat"):
        known_to(msgspec.json.decode(given, type=Telegram))


def test_a_chat_that_stands_there_twice_refuses_the_start() -> None:
    given = b'{"token_file": "t", "chats": [{"chat": "-1"}, {"chat": "-1", "tenants": ["acme"]}]}'
    with pytest.raises(StartRefused, match="-1 stands there twice"):
        known_to(msgspec.json.decode(given, type=Telegram))


def test_short_names_of_alerts_differ() -> None:
    draw = random.Random(17)
    ids = {f"acme/ip_listed/192.0.2.{n}#{draw.randint(1, 9)}" for n in range(250)}
    assert len({ref(one) for one in ids}) == len(ids)  # type: ignore[arg-type]
