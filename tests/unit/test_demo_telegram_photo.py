"""The simulated Telegram takes pictures that Telegram takes, and refuses what it refuses."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from engine.bot.draw import png
from engine.demo.telegram import DemoTelegram
from tests.support import phones

DOT = png.encoded(1, 1, b"abc")


@pytest.fixture
async def server() -> AsyncIterator[DemoTelegram]:
    async with phones.telegram() as running:
        yield running


async def shown(server: DemoTelegram, data: bytes | None, **fields: str) -> dict[str, Any]:
    """As aiogram sends it: the file beside the form, under the name that ``photo`` attaches."""
    form = aiohttp.FormData()
    for name, text in {
        "chat_id": "7",
        "photo": "attach://x",
        "parse_mode": "HTML",
        **fields,
    }.items():
        form.add_field(name, text)
    if data is not None:
        form.add_field("x", data, filename="picture.png")
    url = f"{server.url}/bot{phones.TOKEN}/sendPhoto"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        body: dict[str, Any] = await answer.json()
        return body


async def test_a_picture_is_shown_with_its_caption(server: DemoTelegram) -> None:
    assert (await shown(server, DOT, caption="<b>x</b>"))["ok"]
    (message,) = server.transcript
    assert (message.picture, message.text, message.html) == (DOT, "x", "<b>x</b>")
    assert (await shown(server, DOT))["ok"]


@pytest.mark.parametrize(
    ("data", "fields", "told"),
    [
        (None, {}, "wrong file identifier"),
        (DOT, {"photo": ""}, "no photo"),
        (DOT, {"photo": "attach://y"}, "wrong file identifier"),
        (b"GIF89a", {}, "IMAGE_PROCESS_FAILED"),
        (DOT[:-1], {}, "IMAGE_PROCESS_FAILED"),
        (DOT[:-20] + b"?" + DOT[-19:], {}, "IMAGE_PROCESS_FAILED"),
        (png.encoded(21, 1, bytes(63)), {}, "PHOTO_INVALID_DIMENSIONS"),
        (DOT, {"caption": "x" * 1025}, "caption is too long"),
        (DOT, {"caption": "<x>"}, "can't parse entities"),
        (DOT, {"chat_id": "x"}, "chat not found"),
    ],
)
async def test_what_telegram_refuses_is_refused(
    server: DemoTelegram, data: bytes | None, fields: dict[str, str], told: str
) -> None:
    said = await shown(server, data, **fields)
    assert said["error_code"] == 400
    assert told in said["description"]
    assert server.transcript == []


@pytest.mark.parametrize(
    ("limit", "number", "told"),
    [("BYTES_MAX", len(DOT), "file is too big"), ("SIDES_MAX", 3, "PHOTO_INVALID_DIMENSIONS")],
)
async def test_a_picture_as_large_as_may_be_is_taken_and_no_larger_one(
    server: DemoTelegram, monkeypatch: pytest.MonkeyPatch, limit: str, number: int, told: str
) -> None:
    monkeypatch.setattr(f"engine.demo.telegram_photo.{limit}", number)
    assert (await shown(server, DOT))["ok"]
    larger = png.encoded(2, 2, bytes(range(12)))
    assert told in (await shown(server, larger))["description"]
