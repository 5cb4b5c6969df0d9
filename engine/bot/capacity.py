"""What a tenant may send against what it wants to send."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.bot import owners
from engine.bot.entries import clipped, paged
from engine.bot.question import Question, Unclear
from engine.ports import Reply
from engine.rules.chat_html import safe


async def capacity(asked: Question) -> Sequence[Reply]:
    if len(asked.words) > 1:
        raise Unclear("one tenant at a time")
    slug = await owners.tenant(asked, asked.words)
    path = "/api/v2/tenants/{slug}/capacity"
    shown = await asked.ask("GET", path, slug, of={"slug": slug})
    return paged(asked.line, asked.page, f"<b>{safe(slug)}</b>", list(_told(shown)))


def _told(shown: Any) -> Iterator[str]:
    phases = [f"{number} {name}" for name, number in shown["addresses"].items() if number]
    yield f"addresses: {safe(', '.join(phases) or 'none')}"
    quota = "unlimited" if shown["quota"] is None else f"{shown['quota']:,} a day"
    yield f"quota: {quota}"
    if shown["review"]:
        yield "in review: no cap rises, and nothing is rotated"
    short = [day for day in shown["forecast"] if day["missing"]]
    if short:
        first = short[0]
        yield f"short from {safe(first['day'])}: {first['missing']:,} of {first['demand']:,} a day"
    else:
        yield "nothing is short as far as is foreseen"
    for day in shown["forecast"][:7]:
        demand, room = f"{day['demand']:,} wanted", f"{day['capacity']:,} possible"
        yield f"{safe(day['day'])}: {demand}, {room}"
    reserve = shown["reserve"]
    yield f"next in reserve: {safe(reserve)}" if reserve else "no address in reserve"
    for why in shown["why"]:
        yield clipped(why)
