"""Alerts in a chat: which fire, and people who say that they have heard."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from engine.bot import pages
from engine.bot.entries import clipped, paged
from engine.bot.pages import safe
from engine.bot.question import Question, Refused, Unclear
from engine.ids import AlertId, TenantId
from engine.ports import Button, Reply
from engine.rules.alert_ref import ref

MINUTES_MAX = 7 * 24 * 60
_SPAN = re.compile(r"(?P<number>[1-9]\d{0,3})(?P<unit>[mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
_WORSE = {"critical": 0, "warning": 1, "info": 2}
BUTTONS_MAX = 4
FACTS_MAX = 12  # of one alert, so that it fits into one message


async def alerts(asked: Question) -> Sequence[Reply]:
    if asked.words:
        raise Unclear("it takes nothing")
    found = await _firing(asked)
    if not found:
        return [Reply("No alert is firing.")]
    found.sort(key=lambda one: (_WORSE.get(one["severity"], 9), str(one["since"])))
    entries = [_entry(one) for one in found]
    head = f"<b>{pages.count(len(found), 'alert is', 'alerts are')} firing</b>"
    unheard = [one for one in found if not one["acknowledged"]][:BUTTONS_MAX]
    row = [Button(f"Ack {ref(one['id'])}", f"ack:{ref(one['id'])}") for one in unheard]
    return paged(asked.line, asked.page, head, entries, (row,) if row else ())


def _entry(one: Any) -> str:
    heard = " · acknowledged" if one["acknowledged"] else ""
    lines = [f"<b>{safe(one['severity']).upper()}</b> {clipped(one['title'])}{heard}"]
    facts = list(one["facts"].items())[:FACTS_MAX]
    lines += [f"{clipped(label, 40)}: {clipped(text, 200)}" for label, text in facts]
    tenant = f"{safe(one['tenant'])}, " if one["tenant"] else ""
    lines.append(f"{tenant}since {pages.moment(one['since'])}, <code>{ref(one['id'])}</code>")
    return "\n".join(lines) + "\n"


async def ack(asked: Question) -> Sequence[Reply]:
    if len(asked.words) != 1:
        raise Unclear("say which alert")
    one = await _named(asked, asked.words[0])
    path, given = "/api/v2/alerts/acknowledge", {"alert": one["id"]}
    await asked.ask("POST", path, _whose(one), given=given)
    title = clipped(one["title"], 200)
    return [Reply(f"Acknowledged: {title}. It is not repeated while it lasts.")]


async def mute(asked: Question) -> Sequence[Reply]:
    if len(asked.words) != 2:
        raise Unclear("say which alert, and for how long")
    minutes = _minutes(asked.words[1])
    one = await _named(asked, asked.words[0])
    path, given = "/api/v2/alerts/silence", {"alert": one["id"], "minutes": minutes}
    await asked.ask("POST", path, _whose(one), given=given)
    until = asked.means.now() + timedelta(minutes=minutes)
    title = clipped(one["title"], 200)
    return [Reply(f"Muted until {until:%Y-%m-%d %H:%M}Z: {title}")]


def _minutes(text: str) -> int:
    found = _SPAN.fullmatch(text.lower())
    minutes = int(found["number"]) * _MINUTES[found["unit"]] if found else 0
    if not 0 < minutes <= MINUTES_MAX:
        raise Unclear(f"{text!r} is no time to be silent for; write 30m, 4h or 1d, at most 7d")
    return minutes


def _whose(one: Any) -> TenantId | None:
    return None if one["tenant"] is None else TenantId(one["tenant"])


async def _named(asked: Question, text: str) -> Any:
    """By its id, or by the eight letters that /alerts shows."""
    for one in await _firing(asked):
        if text in (one["id"], ref(AlertId(one["id"]))):
            return one
    raise Refused(f"No alert {text!r} is firing here; /alerts shows those that are.")


async def _firing(asked: Question) -> list[Any]:
    """That the chat may see."""
    found: list[Any] = []
    for eye in asked.seen_from.eyes:
        query = {"state": "firing", "limit": "500"}
        while True:
            page = await asked.ask("GET", "/api/v2/alerts", eye, given=query)
            found += page["items"]
            if page["next"] is None:
                break
            query["after"] = page["next"]
    return [one for one in found if one["tenant"] is not None or asked.seen_from.platform]
