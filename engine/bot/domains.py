"""Sending domains and their DNS."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.bot import owners, pages
from engine.bot.entries import clipped, paged
from engine.bot.question import Question, Unclear
from engine.ports import Reply
from engine.rules.chat_html import safe

PARTS = ("spf", "dkim", "dmarc", "ptr", "mx")


async def dns(asked: Question) -> Sequence[Reply]:
    if len(asked.words) > 1:
        raise Unclear("one domain at a time")
    if not asked.words:
        return await _all(asked)
    name, tenant = await owners.domain(asked, asked.words[0])
    shown = await asked.ask("GET", "/api/v2/domains/{domain}", tenant, of={"domain": name})
    head = f"<b>{safe(name)}</b> {safe(tenant)}: {safe(shown['status'])}"
    return paged(asked.line, asked.page, head, list(_told(shown)))


async def _all(asked: Question) -> Sequence[Reply]:
    rows = await pages.rows(asked.means.readers, "domains", asked.seen_from.eyes)
    rows = [row for row in rows if row.get("setup")]
    if not rows:
        return [Reply("There is no sending domain yet.")]
    head = f"<b>{pages.count(len(rows), 'sending domain', 'sending domains')}</b>"
    lines = [f"{safe(row['domain'])} {safe(row['tenant'])}{_failing(row)}" for row in rows]
    return paged(asked.line, asked.page, head, lines)


def _failing(row: pages.Body) -> str:
    broken = ", ".join(sorted(map(str, row.get("failing") or ())))
    if broken:
        return f" · broken: {safe(broken)}"
    return " · not looked at yet" if not row.get("definite") else ""


def _told(shown: Any) -> Iterator[str]:
    for part in PARTS:
        known = shown["definite"].get(part)
        if known is None:
            yield f"{part}: not known yet"
            continue
        broken = "BROKEN" if known["confirmed"] else "broken at one look"
        word = "good" if known["valid"] else broken
        errors = f": {clipped(', '.join(known['errors']))}" if known["errors"] else ""
        yield f"{part}: {word} since {pages.moment(known['since'])}{errors}"
    report = shown["report"]
    for finding in report["findings"] if report else ():
        yield clipped(finding.get("text") or finding.get("code"))
    looked = f"looked at {pages.moment(at)}" if (at := shown["checked_at"]) else "not looked at yet"
    yield f"{looked}, next {pages.moment(at) if (at := shown['next_check']) else 'now'}"
