"""Mail, where no chat can be reached: slower, never edited, and better than nothing."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from engine.effects import TellPeople
from engine.ids import EffectKey, TenantId
from engine.ports import Mailer, MessengerFailed
from engine.rules.chat_html import plain
from engine.runtime.perform.alert_chat import Missed, Outcome
from engine.values.alert import SEVERITIES, Route

MAIL_S = 30


class Post:
    def __init__(self, mailer: Mailer, now: Callable[[], datetime], after: timedelta) -> None:
        self._mailer = mailer
        self._now = now
        self._after = after

    def wanted(self, effect: TellPeople, found: Mapping[str, Outcome]) -> bool:
        """Once in each round, when no chat heard it and none is likely to before long."""
        if effect.mailed == effect.round or not all(
            isinstance(one, Missed) for one in found.values()
        ):
            return False
        if all(isinstance(one, Missed) and one.lost for one in found.values()):
            return True
        since = effect.unreached_since
        return since is not None and self._now() - since >= self._after

    async def send(self, route: Route, effects: Sequence[TellPeople]) -> dict[EffectKey, str]:
        """A mail for each tenant; "" where it went out, else why it did not."""
        by: dict[TenantId | None, list[TellPeople]] = {}
        for effect in effects:
            by.setdefault(effect.tenant, []).append(effect)
        told: dict[EffectKey, str] = {}
        for theirs in by.values():
            told |= dict.fromkeys((one.key for one in theirs), await self._send(route, theirs))
        return told

    async def _send(self, route: Route, effects: Sequence[TellPeople]) -> str:
        texts = [plain("\n".join(filter(None, (one.reply, one.text)))) for one in effects]
        try:
            async with asyncio.timeout(MAIL_S):
                await self._mailer.mail([route.to], _subject(effects, texts), "\n\n".join(texts))
        except MessengerFailed as failure:
            return str(failure)
        except TimeoutError:
            return "no answer in time"
        return ""


def _subject(effects: Sequence[TellPeople], texts: Sequence[str]) -> str:
    if len(effects) == 1:
        return texts[0].partition("\n")[0]
    worst = max((one.severity for one in effects), key=SEVERITIES.index)
    whose = f" · {effects[0].tenant}" if effects[0].tenant else ""
    return f"{len(effects)} alerts, the worst {worst}{whose}"
