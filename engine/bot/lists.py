"""What block lists say, as a chat reads it; and a look of now."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from engine.bot import owners, pages, pictures
from engine.bot.entries import clipped, paged
from engine.bot.pages import Body
from engine.bot.question import Question, Unclear
from engine.ports import Reply
from engine.rules.chat_html import safe

MATRIX_MAX = 40  # rows that are still read on a phone


async def blacklist(asked: Question) -> Sequence[Reply]:
    """Of one address list by list, or which addresses are named; with a picture of them all."""
    if asked.words:
        return await _of_one(asked)
    found = await pages.rows(asked.means.readers, "listings", asked.seen_from.eyes)
    found = [row for row in found if row.get("ip")]
    if not found:
        return [Reply("There is no address yet.")]
    hit = [row for row in found if _zones(row)]
    of = pages.count(len(found), "address", "addresses")
    if not hit:
        replies = [Reply(f"Of {of} none is listed, as far as the lists have answered.")]
    else:
        head = f"<b>{len(hit)} of {of} listed</b>"
        entries = [
            f"<code>{safe(row['ip'])}</code> {clipped(', '.join(_zones(row)))}" for row in hit
        ]
        replies = paged(asked.line, asked.page, head, entries)
    if asked.page > 1:
        return replies
    shown = [*hit, *(row for row in found if row not in hit)][:MATRIX_MAX]
    return [*await _picture(shown, len(found)), *replies]


async def _picture(rows: Sequence[Body], of: int) -> list[Reply]:
    cells = {
        str(row["ip"]): {str(zone): _word(answer) for zone, answer in answers.items()}
        for row in rows
        if isinstance(answers := row.get("answers"), Mapping) and answers
    }
    if not cells:
        return []
    left = f"; the other {of - len(cells)} are left out" if of > len(cells) else ""
    caption = f"{pages.count(len(cells), 'address', 'addresses')} by list{left}"
    return [Reply(caption, picture=await asyncio.to_thread(pictures.matrix, cells))]


def _word(answer: Any) -> str:
    """What an answer counts for; what is not proved counts for nothing."""
    if not isinstance(answer, Mapping) or answer.get("proof", "proved") != "proved":
        return "unproved"
    return str(answer.get("verdict", "unanswered"))


async def _of_one(asked: Question) -> Sequence[Reply]:
    if len(asked.words) > 1:
        raise Unclear("one address at a time")
    address, tenant, _ = await owners.ip(asked, asked.words[0])
    reader = asked.means.readers
    row = await pages.one(reader, "listings", f"{tenant}/{address}", tenant)
    answers = row.get("answers") if row else None
    if row is None or not isinstance(answers, Mapping) or not answers:
        return [Reply(f"No list was asked about <code>{safe(address)}</code> yet.")]
    head = f"<code>{safe(address)}</code>, looked at {pages.moment(row.get('looked_at'))}"
    entries = [f"{safe(zone)}: {_said(answer)}" for zone, answer in sorted(answers.items())]
    return paged(asked.line, asked.page, head, entries)


async def recheck(asked: Question) -> Sequence[Reply]:
    address, tenant, _ = await owners.ip(asked, owners.one_address(asked))
    path, given = "/api/v2/blacklists/check", {"ips": [address]}
    answer = await asked.ask("POST", path, tenant, given=given)
    items = answer.get("items")
    if not items:
        where = f"/blacklist {safe(address)}"
        return [Reply(f"The block lists are asked about {safe(address)}; {where} tells.")]
    (item,) = items
    head = f"<code>{safe(address)}</code>, looked at {pages.moment(item['looked_at'])}"
    entries = [f"{safe(zone)}: {_said(cell)}" for zone, cell in sorted(item["lists"].items())]
    return paged(asked.line, asked.page, head, entries)


def _said(answer: Any) -> str:
    if not isinstance(answer, Mapping):
        return "?"
    codes = answer.get("codes") or ()
    proof = answer.get("proof", "proved")
    believed = "" if proof == "proved" else f" ({safe(proof)})"
    named = f" {safe(', '.join(map(str, codes)))}" if codes else ""
    return f"{safe(answer.get('verdict', '?'))}{named}{believed}"


def _zones(row: Body) -> list[str]:
    """By the last answers that counted."""
    words = row.get("words")
    standing = words.get("standing") if isinstance(words, Mapping) else None
    if not isinstance(standing, Mapping):
        return []
    return sorted(
        str(zone)
        for zone, word in standing.items()
        if isinstance(word, Mapping) and word.get("last") == "listed"
    )
