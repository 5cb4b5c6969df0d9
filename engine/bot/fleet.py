"""How the fleet stands, and each address in it."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.bot import owners, pages
from engine.bot.entries import WORD_MAX, clipped, paged
from engine.bot.pages import PHASES
from engine.bot.question import Question, Unclear
from engine.ports import Button, Reply
from engine.rules.chat_html import safe, shortened
from engine.rules.meant import meant


async def status(asked: Question) -> Sequence[Reply]:
    chat, readers = asked.seen_from, asked.means.readers
    ips = await pages.rows(readers, "ips", chat.eyes)
    tenants = await pages.rows(readers, "tenants", chat.eyes)
    alerts = await pages.rows(readers, "alerts", chat.eyes, {"state": "firing"})
    if not chat.platform:
        alerts = [alert for alert in alerts if alert.get("tenant")]
    position = await readers.checkpoint() if chat.platform else None
    head, *entries = pages.status(ips, alerts, tenants, position)
    return paged(asked.line, asked.page, head, entries)


async def ips(asked: Question) -> Sequence[Reply]:
    rows = await pages.rows(asked.means.readers, "ips", asked.seen_from.eyes)
    rows = [row for row in rows if row.get("ip")]
    for word in asked.words:
        rows = _chosen(rows, word, await owners.tenants(asked))
    if not rows:
        return [Reply("There is no such address.")]
    head = f"<b>{pages.count(len(rows), 'address', 'addresses')}</b>"
    return paged(asked.line, asked.page, head, [pages.line(row) for row in rows])


def _chosen(rows: Sequence[pages.Body], word: str, tenants: Sequence[str]) -> list[pages.Body]:
    if word.upper() in PHASES:
        return [row for row in rows if row.get("phase") == word.upper()]
    if word in tenants:
        return [row for row in rows if row.get("tenant") == word]
    known = [*(phase.lower() for phase in PHASES), *tenants]
    word = shortened(word, WORD_MAX)
    raise Unclear(f"{word!r} is neither a phase nor a tenant{meant(word.lower(), known)}")


async def ip(asked: Question) -> Sequence[Reply]:
    address, tenant, _ = await owners.ip(asked, owners.one_address(asked))
    of = {"id": address}
    shown = await asked.ask("GET", "/api/v2/ips/{id}", tenant, of=of)
    warmup = await asked.ask("GET", "/api/v2/ips/{id}/warmup", tenant, of=of)
    head, *entries = _told(shown, warmup)
    more = ("warmup", "blacklist", "explain")
    row = tuple(Button(f"/{name}", f"do:/{name} {address}") for name in more)
    return paged(asked.line, asked.page, head, entries, (row,))


def _told(shown: Any, warmup: Any) -> Iterator[str]:
    yield f"<code>{safe(shown['address'])}</code> {safe(shown['tenant'])}"
    stage = f" · stage {shown['stage']} of {warmup['stages']}" if shown["stage"] else ""
    yield f"{pages.phase(shown)}{stage}, since {pages.moment(shown['since'])}"
    name = shown["hostname"] or "no host name yet"
    yield f"{safe(name)} on {safe(shown['node'])}, pool {safe(shown['pool'])}"
    yield f"wanted: {_levers(shown['wanted'])}"
    told = shown["told"]
    when = f", {pages.moment(told['at'])}" if told and told["at"] else ""
    yield f"told: {_levers(told)}{when}" if told else "told: nothing yet"
    yield from today(warmup)
    if queue := shown["queue"]:
        yield f"waiting: {queue['waiting']:,} recipients"
        if queue["error"]:
            yield f"error: {clipped(queue['error'], 200)}"
    listed = shown["lists"]["listed"]
    yield f"listed by {clipped(', '.join(listed))}" if listed else "no list names it"
    yield from coming(warmup)


def _levers(of: Any) -> str:
    cap = f"{of['cap']:,}/day" if of["cap"] is not None else of["output"]
    return f"intake {safe(of['intake'])}, {safe(cap)}"


def today(warmup: Any) -> Iterator[str]:
    day = warmup["today"]
    if day["allowance"] is None:
        return
    sent = "nobody counts what was sent" if day["used"] is None else f"{day['used']:,} sent"
    yield f"today: {sent}, {day['allowance']:,} allowed"


def coming(warmup: Any) -> Iterator[str]:
    """What comes next, and what keeps it."""
    if following := warmup["next"]:
        at = f", {pages.moment(following['at'])}" if following["at"] else ", now"
        yield f"next: {clipped(following['what'], 300)}{at}"
    for hold in warmup["held"]:
        reason = f": {clipped(hold['reason'], 300)}" if hold["reason"] else ""
        yield f"held by {safe(hold['by'])} since {pages.moment(hold['since'])}{reason}"
    for what in warmup["waits_for"]:
        yield f"waits for {clipped(what, 300)}"
