"""Orders that stop or move mail: described first, then given by a button that only who asked may
press.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.bot import owners, pages
from engine.bot.entries import WORD_MAX, clipped
from engine.bot.pending import LIFE, NONCE_BITS, Order
from engine.bot.question import Question, Refused, Unclear
from engine.ids import TenantId
from engine.ports import Button, Reply
from engine.rules.chat_html import safe, shortened

IPS = "/api/v2/ips/{id}"
IN_A_CHAT = "asked for in a chat"  # the reason where none was given


async def pause(asked: Question) -> Sequence[Reply]:
    does = (
        "Pause it at once: its queues stand still and its server is off until /resume. It keeps its"
        " phase, its stage and its mail"
    )
    return await _of_ip(asked, f"{IPS}/pause", does, "Pause", reason=IN_A_CHAT)


async def hold(asked: Question) -> Sequence[Reply]:
    """PowerMTA goes on sending at the cap; what is to stop at once is paused."""
    does = "Hold its warm-up: no next stage until /resume. Its cap stays, and it goes on sending"
    return await _of_ip(asked, f"{IPS}/warmup/hold", does, "Hold")


async def resume(asked: Question) -> Sequence[Reply]:
    """A pause by a person first: under it, nothing else that is ended lets anything out."""
    if not asked.words:
        raise Unclear("say which address")
    _, _, row = await owners.ip(asked, asked.words[0])
    if row.get("paused"):
        does = "End the pause: it goes on where it stood, as far as nothing else stops it"
        return await _of_ip(asked, f"{IPS}/resume", does, "Resume")
    does = "End every hold of its warm-up, and a pause by its results"
    return await _of_ip(asked, f"{IPS}/warmup/resume", does, "Resume")


async def release(asked: Question) -> Sequence[Reply]:
    """Of a stop alone: who ends a quarantine has to say why, and does so over HTTP."""
    if not asked.words:
        raise Unclear("say which address")
    address, _, row = await owners.ip(asked, asked.words[0])
    if row.get("reason") != "listed":
        raise Refused(
            f"{address} is {row.get('phase')}; only what a list has stopped is released here. A"
            " quarantine is ended over HTTP, with a reason."
        )
    does = "Release it from the stop: it goes on where it stood, while its list is in suspicion"
    return await _of_ip(asked, f"{IPS}/release", does, "Release", reason=IN_A_CHAT)


async def retire(asked: Question) -> Sequence[Reply]:
    if len(asked.words) > 1:
        raise Unclear("it takes the address alone")
    does = "Retire it: output falls in steps over a week, then it drains and rests"
    return await _of_ip(asked, f"{IPS}/retire", does, "Retire")


async def quarantine(asked: Question) -> Sequence[Reply]:
    if len(asked.words) < 2:
        raise Unclear("say which address, and why")
    does = "Stop it at once, until a person releases it"
    return await _of_ip(asked, f"{IPS}/quarantine", does, "Stop it")


async def rollback(asked: Question) -> Sequence[Reply]:
    version, node, named = _version(asked.words)
    tenant = await owners.tenant(asked, named)
    given: dict[str, Any] = {"version": version, "node": node, "reason": IN_A_CHAT}
    does = (
        f"Go back to the choices of version {version} of {safe(tenant)}'s file on {safe(node)}:"
        " its names, host names and keys, with today's caps and pauses"
    )
    return _asks(asked, tenant, "/api/v2/powermta/rollback", {}, given, does, "Roll back")


def _version(words: Sequence[str]) -> tuple[int, str, Sequence[str]]:
    if not 2 <= len(words) <= 3:
        raise Unclear("say which version, and on which node")
    number = words[0]
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 10**9):
        word = shortened(number, WORD_MAX)
        raise Unclear(f"{word!r} is no version; they count from 1")
    return int(number), words[1], words[2:]


async def _of_ip(
    asked: Question, path: str, does: str, label: str, *, reason: str = ""
) -> Sequence[Reply]:
    """What is said after the address is the reason; ``reason``: where nothing is said."""
    if not asked.words:
        raise Unclear("say which address")
    address, tenant, row = await owners.ip(asked, asked.words[0])
    reason = " ".join(asked.words[1:]) or reason
    given = {"reason": reason} if reason else {}
    because = f"\nreason: {clipped(reason)}" if reason else ""
    stands = f"{pages.line(row)}\n{does}.{because}"
    return _asks(asked, tenant, path, {"id": address}, given, stands, label)


def _asks(
    asked: Question,
    tenant: TenantId,
    path: str,
    of: Mapping[str, str],
    given: Mapping[str, Any],
    does: str,
    label: str,
) -> Sequence[Reply]:
    means = asked.means
    nonce = means.token(NONCE_BITS).hex()
    order = Order(
        chat=asked.chat,
        user=asked.user,
        until=means.now() + LIFE,
        tenant=tenant,
        does=does,
        path=path,
        of=of,
        given=given,
    )
    means.pending.put(nonce, order)
    row = (Button(label, f"yes:{nonce}"), Button("Cancel", f"no:{nonce}"))
    return [Reply(does, (row,))]
