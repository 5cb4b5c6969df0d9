"""What happened, and why an address stands as it does."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.bot import owners, pages
from engine.bot.entries import clipped, paged
from engine.bot.question import Question, Unclear
from engine.ids import TenantId
from engine.ports import Reply
from engine.rules.chat_html import safe

SPANS = {"1h": "hour", "24h": "24 hours", "30d": "30 days"}  # the first that holds something
PER_PAGE, PAGES_MAX = 500, 10  # of the log, for one question


async def events(asked: Question) -> Sequence[Reply]:
    """The newest first: of everything, of an address, or of a family such as ``ip.``."""
    if len(asked.words) > 1:
        raise Unclear("one address, or one type of event, at a time")
    given, eyes = await _wanted(asked)
    for span in SPANS:
        found: list[Any] = []
        whole = True
        for eye in eyes:
            some, all_of_it = await _read(asked, eye, {**given, "since": span})
            found, whole = found + some, whole and all_of_it
        if found:
            return _newest_first(asked, found, span, whole=whole)
    return [Reply("Nothing happened in the last 30 days.")]


async def _wanted(asked: Question) -> tuple[dict[str, str], Sequence[TenantId | None]]:
    if not asked.words:
        return {}, asked.seen_from.eyes
    word = asked.words[0]
    if word.replace(".", "").isdigit() or ":" in word:
        address, tenant, _ = await owners.ip(asked, word)
        return {"ip": address}, (tenant,)
    return {"type": word}, asked.seen_from.eyes


async def _read(
    asked: Question, eye: TenantId | None, given: dict[str, str]
) -> tuple[list[Any], bool]:
    """What the chat may see of it, and whether that is all."""
    found: list[Any] = []
    after: dict[str, str] = {}
    for _ in range(PAGES_MAX):
        query = {**given, **after, "limit": str(PER_PAGE)}
        page = await asked.ask("GET", "/api/v2/events", eye, given=query)
        found += [
            one for one in page["items"] if one["tenant"] is not None or asked.seen_from.platform
        ]
        if not page["more"]:
            return found, True
        after = {"after": page["next"]}
    return found, False


def _newest_first(asked: Question, found: list[Any], span: str, *, whole: bool) -> list[Reply]:
    found = sorted(found, key=lambda one: str(one["at"]))[::-1]
    cut = "" if whole else "; the log holds more, and GET /api/v2/events shows all"
    happened = pages.count(len(found), "event", "events")
    head = f"<b>{happened} in the last {SPANS[span]}</b>{cut}"
    return paged(asked.line, asked.page, head, [_line(one) for one in found])


def _line(one: Any) -> str:
    tenant = f" {safe(one['tenant'])}" if one["tenant"] else ""
    return f"{pages.moment(one['at'])}{tenant}: {clipped(one['says'])} ({safe(one['actor'])})"


async def explain(asked: Question) -> Sequence[Reply]:
    address, tenant, _ = await owners.ip(asked, owners.one_address(asked))
    shown = await asked.ask("GET", "/api/v2/ips/{id}/explain", tenant, of={"id": address})
    head = f"<code>{safe(address)}</code> {safe(tenant)}: {clipped(shown['state'])}"
    entries = [f"next: {clipped(what)}" for what in shown["next"]]
    entries += ["\n".join(_decision(one)) for one in shown["sentences"]]
    return paged(asked.line, asked.page, head, entries)


def _decision(one: Any) -> Iterator[str]:
    yield f"<b>{pages.moment(one['at'])}</b> {clipped(one['says'])} ({safe(one['actor'])})"
    for word, label in (("because", "because"), ("then", "then")):
        for other in list(one[word])[:3]:
            yield f"  {label}: {clipped(other['says'], 300)}"
