"""Alerts in a chat: which fire, and people who say that they have heard."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from engine.bot import pages
from engine.bot.entries import WORD_MAX, clipped, paged
from engine.bot.question import Question, Refused, Unclear
from engine.ids import AlertId, TenantId
from engine.ports import Button, Reply
from engine.rules.alert_ref import ref, ref_of_all
from engine.rules.chat_html import safe, shortened

MINUTES_MAX = 7 * 24 * 60
_SPAN = re.compile(r"(?P<number>[1-9]\d{0,3})(?P<unit>[mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
_WORSE = {"critical": 0, "warning": 1, "info": 2}
BUTTONS_MAX = 4
IN_A_ROW = 2  # a phone cuts the words of more
AT_ONCE_MAX = 200  # by one press; others wait meanwhile
FIRING = {"state": "firing"}
SUBJECT_MAX = 300  # letters of a name that is said again
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
    rows = [row[at : at + IN_A_ROW] for at in range(0, len(row), IN_A_ROW)]
    return paged(asked.line, asked.page, head, entries, rows)


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
        raise Unclear("one alert at a time" if asked.words else "say which alert")
    found = await _meant(asked, asked.words[0])
    unheard = [one for one in found if not one["acknowledged"]] if asked.of_all else found
    left = await _each(asked, unheard, "acknowledge", {})
    lasts = "It is not repeated while it lasts" if len(found) == 1 else "None is repeated"
    return [Reply(f"Acknowledged: {_titled(found)}. {lasts}.{left}")]


async def mute(asked: Question) -> Sequence[Reply]:
    if len(asked.words) != 2:
        raise Unclear("say which alert, and for how long")
    minutes = _minutes(asked.words[1])
    found = await _meant(asked, asked.words[0])
    until = asked.means.now() + timedelta(minutes=minutes)
    left = await _each(asked, _loud(found, until), "silence", {"minutes": minutes})
    return [Reply(f"Muted until {until:%Y-%m-%d %H:%M}Z: {_titled(found)}{left}")]


def _minutes(text: str) -> int:
    found = _SPAN.fullmatch(text.lower())
    minutes = int(found["number"]) * _MINUTES[found["unit"]] if found else 0
    if not 0 < minutes <= MINUTES_MAX:
        text = shortened(text, WORD_MAX)
        raise Unclear(f"{text!r} is no time to be silent for; write 30m, 4h or 1d, at most 7d")
    return minutes


async def _each(asked: Question, found: Sequence[Any], verb: str, given: Mapping[str, Any]) -> str:
    """What is left to be said: that there are more than one press does."""
    for one in found[:AT_ONCE_MAX]:
        whose = None if one["tenant"] is None else TenantId(one["tenant"])
        of_it, part = {"alert": one["id"], **given}, f"-{ref(one['id'])}" if asked.of_all else ""
        await asked.ask("POST", f"/api/v2/alerts/{verb}", whose, given=of_it, part=part)
    left = len(found) - AT_ONCE_MAX
    return f" {left} are left: press again." if left > 0 else ""


def _loud(found: Sequence[Any], until: datetime) -> list[Any]:
    """Not yet silent until then; a minute more or less is no reason to ask again."""
    soon = f"{until - timedelta(minutes=1):%Y-%m-%dT%H:%M}"
    return [one for one in found if (one["silenced_until"] or "") < soon]


def _titled(found: Sequence[Any]) -> str:
    if len(found) == 1:
        return clipped(found[0]["title"], 200)
    return f"{len(found)} alerts"


async def _meant(asked: Question, text: str) -> Sequence[Any]:
    """One by its name, or all that stand above the button in its message and those before it."""
    if not asked.of_all:
        return [await _named(asked, text)]
    rows = await pages.rows(asked.means.readers, "alerts", asked.seen_from.eyes, FIRING)
    there = {
        f"{row['key']}#{row['episode']}"
        for row in rows
        if _buttons_in(row.get("telling", {}), str(asked.chat)) == asked.of_all
    }
    found = [
        one for one in await _firing(asked) if one["id"] in there and one["severity"] != "info"
    ]
    if ref_of_all(AlertId(one["id"]) for one in found) != text:
        raise Refused("What this message holds has changed since. Read it, and press again.")
    return found


def _buttons_in(telling: pages.Body, chat: str) -> object:
    return telling.get("under", {}).get(chat, telling.get("messages", {}).get(chat))


async def _named(asked: Question, text: str) -> Any:
    """By its id, or by the eight letters that /alerts shows."""
    for one in await _firing(asked):
        if text == one["id"] or text.lower() == ref(AlertId(one["id"])):
            return one
    word = shortened(text, SUBJECT_MAX)
    raise Refused(f"No alert {word!r} is firing here; /alerts shows those that are.")


async def _firing(asked: Question) -> list[Any]:
    """That the chat may see."""
    found: list[Any] = []
    for eye in asked.seen_from.eyes:
        query = {**FIRING, "limit": "500"}
        while True:
            page = await asked.ask("GET", "/api/v2/alerts", eye, given=query)
            found += page["items"]
            if page["next"] is None:
                break
            query["after"] = page["next"]
    return [one for one in found if one["tenant"] is not None or asked.seen_from.platform]
