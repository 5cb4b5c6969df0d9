"""What block lists say, as a chat reads it; and a look of now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from engine.bot import pages
from engine.bot.pages import Body, safe
from engine.ids import IpAddr, TenantId, parse_ip
from engine.ports import ReadModels

SHOWN_MAX = 20


async def rows(readers: ReadModels, eyes: Iterable[TenantId | None]) -> list[Body]:
    return await pages.rows(readers, "listings", eyes)


async def row(readers: ReadModels, eyes: Iterable[TenantId | None], ip: IpAddr) -> Body | None:
    """Of one address, whoever of those that are seen it belongs to."""
    for tenant in await _tenants(readers, eyes):
        body = await readers.one("listings", f"{tenant}/{ip}", tenant=tenant)
        if body is not None:
            return msgspec.json.decode(body, type=Body)
    return None


async def _tenants(readers: ReadModels, eyes: Iterable[TenantId | None]) -> list[TenantId]:
    named = [one for one in eyes if one is not None]
    if named:
        return named
    return [TenantId(str(one["slug"])) for one in await pages.rows(readers, "tenants", [None])]


def listed(found: Sequence[Body]) -> str:
    """The addresses that a list names."""
    hit = [row for row in found if _zones(row)]
    if not found:
        return "There is no address yet."
    if not hit:
        return f"No list names any of {len(found)} addresses, as far as they have answered."
    lines = [f"<b>{len(hit)} of {len(found)} addresses are listed</b>"]
    lines += [f"<code>{safe(row.get('ip'))}</code> {', '.join(_zones(row))}" for row in hit]
    return "\n".join(lines[:SHOWN_MAX])


def one(row: Body | None, ip: IpAddr) -> str:
    """What each list last said of one address."""
    if row is None:
        return f"There is no {safe(ip)} here."
    answers = row.get("answers")
    if not isinstance(answers, Mapping) or not answers:
        return f"No list was asked about <code>{safe(ip)}</code> yet."
    lines = [f"<code>{safe(ip)}</code>, looked at {safe(str(row.get('looked_at', '?'))[:16])}Z"]
    lines += [f"{safe(zone)}: {_said(answer)}" for zone, answer in sorted(answers.items())]
    return "\n".join(lines[: SHOWN_MAX + 10])


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
        safe(zone)
        for zone, word in standing.items()
        if isinstance(word, Mapping) and word.get("last") == "listed"
    )


def parsed(text: str) -> IpAddr | None:
    try:
        return parse_ip(text)
    except ValueError:
        return None
