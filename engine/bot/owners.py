"""Whose an address or a domain is, as far as a chat may see it."""

import difflib
from collections.abc import Sequence

from engine.bot import pages
from engine.bot.entries import WORD_MAX
from engine.bot.pages import Body
from engine.bot.question import Question, Refused, Unclear
from engine.ids import IpAddr, TenantId, parse_ip
from engine.rules.chat_html import shortened
from engine.rules.domain_name import parse_domain
from engine.rules.meant import meant

LIKE_MAX = 1_000  # names among which one that was meant is looked for


async def tenants(asked: Question) -> list[TenantId]:
    """That the chat sees."""
    named = list(asked.seen_from.tenants)
    if named:
        return named
    rows = await pages.rows(asked.means.readers, "tenants", asked.seen_from.eyes)
    return sorted(TenantId(str(one["slug"])) for one in rows if one.get("slug"))


async def tenant(asked: Question, words: Sequence[str]) -> TenantId:
    """The one that is named, or the only one that the chat sees."""
    there = await tenants(asked)
    if not there:
        raise Refused("There is no tenant yet.")
    if not words and len(there) == 1:
        return there[0]
    if not words:
        raise Unclear("say for which tenant" + meant("", there))
    if words[0] not in there:
        word = shortened(words[0], WORD_MAX)
        raise Unclear(f"there is no tenant {word!r} here{meant(word, there)}")
    return TenantId(words[0])


def one_address(asked: Question) -> str:
    """All that was said after the command."""
    match asked.words:
        case ():
            raise Unclear("say which address")
        case (word,):
            return word
        case _:
            raise Unclear("one address at a time")


async def ip(asked: Question, text: str) -> tuple[IpAddr, TenantId, Body]:
    """The address, its tenant and its row."""
    text = shortened(text, WORD_MAX)
    try:
        address = parse_ip(text)
    except ValueError as wrong:
        raise Unclear(f"{wrong}{await _near(asked, 'ips', 'ip', text)}") from wrong
    found = await _one(asked, "ips", address)
    if found is None or not found[1].get("ip"):
        near = await _near(asked, "ips", "ip", address)
        raise Refused(f"There is no {address} here{near or '.'}")
    return address, *found


async def domain(asked: Question, text: str) -> tuple[str, TenantId]:
    try:
        name = parse_domain(text)
    except ValueError as wrong:
        raise Unclear(str(wrong)) from wrong
    found = await _one(asked, "domains", name)
    if found is None or not found[1].get("setup"):
        near = await _near(asked, "domains", "domain", name)
        raise Refused(f"There is no sending domain {name} here{near or '.'}")
    return name, found[0]


async def _one(asked: Question, projection: str, key: str) -> tuple[TenantId, Body] | None:
    for slug in await tenants(asked):
        row = await pages.one(asked.means.readers, projection, f"{slug}/{key}", slug)
        if row is not None:
            return slug, row
    return None


async def _near(asked: Question, projection: str, field: str, text: str) -> str:
    rows = await pages.rows(asked.means.readers, projection, asked.seen_from.eyes)
    names = [str(row[field]) for row in rows if row.get(field)]
    near = difflib.get_close_matches(text, names[:LIKE_MAX], n=1)
    return f"; did you mean {near[0]}?" if near else ""
