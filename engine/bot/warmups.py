"""Warm-ups: which run, and how one stands, with its curve."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from engine.bot import fleet, owners, pages, pictures
from engine.bot.entries import paged
from engine.bot.pictures import Curve
from engine.bot.question import Question, Unclear
from engine.ports import Reply
from engine.rules.chat_html import safe
from engine.values.phase import Phase


async def warmup(asked: Question) -> Sequence[Reply]:
    if len(asked.words) > 1:
        raise Unclear("one address at a time")
    if asked.words:
        return await _of_one(asked)
    rows = await pages.rows(
        asked.means.readers, "ips", asked.seen_from.eyes, {"phase": Phase.WARMING.value}
    )
    if not rows:
        return [Reply("No address warms up.")]
    warm = "address warms up", "addresses warm up"
    head = f"<b>{pages.count(len(rows), *warm)}</b>"
    return paged(asked.line, asked.page, head, [pages.line(row) for row in rows])


async def _of_one(asked: Question) -> Sequence[Reply]:
    address, tenant, _ = await owners.ip(asked, asked.words[0])
    of = {"id": address}
    shown = await asked.ask("GET", "/api/v2/ips/{id}/warmup", tenant, of=of)
    stats = await asked.ask("GET", "/api/v2/ips/{id}/stats", tenant, of=of)
    sent = {day: int(counts["sent"]) for day, counts in stats["days"].items()}
    head, *entries = _told(shown)
    told = paged(asked.line, asked.page, head, entries)
    if not shown["stage"] or asked.page > 1:
        return told
    curve = Curve(
        title=f"{address}  {tenant}",
        caps=tuple(shown["plan"]["caps"]),
        stage=shown["stage"],
        stage_days=shown["plan"]["stage_days"],
        first_day=shown["first_day"],
        today=shown["today"]["day"],
        sent=sent,
    )
    caption = f"Warm-up of <code>{safe(address)}</code>: the ladder, and what was sent"
    picture = await asyncio.to_thread(pictures.curve, curve)
    return [Reply(caption, picture=picture), *told]


def _told(shown: Any) -> Iterator[str]:
    yield f"<code>{safe(shown['address'])}</code> {safe(shown['tenant'])} · {pages.phase(shown)}"
    plan = shown["plan"]
    caps = " → ".join(f"{cap:,}" for cap in plan["caps"])
    yield f"ladder {safe(plan['ladder'])}: {caps} a day, {plan['stage_days']} days each"
    if shown["stage"]:
        yield f"stage {shown['stage']} of {shown['stages']}, since {safe(shown['first_day'])}"
    if days := shown["days"]:
        yield f"days that counted: {days['counted']} of {days['needed']} needed"
    yield from fleet.today(shown)
    yield from fleet.coming(shown)
