"""MailWizz over its HTTP API, which is only read: campaigns and what was counted of them.

Keys belong to a customer of MailWizz, so an installation shows the campaigns of one.  2.x takes one
header (``X-Api-Key``); 1.x signs each request (``rules/mailwizz_signature.py``).  Sources: the
vendor's OpenAPI schema (onetwist-software/mailwizz-cli, read 2026-11-24).
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from msgspec import Struct
from yarl import URL

from engine.adapters import mailwizz_answers as answers
from engine.errors import StartRefused
from engine.ids import InstanceId
from engine.ports import MailwizzRefused, MailwizzSilent
from engine.rules import mailwizz_signature
from engine.values.campaign import Campaign

ANSWER_SECONDS = 10.0
PER_PAGE = 50
PAGES_MAX = 20
STATS_MAX = 100  # campaigns asked about at once
BYTES_MAX = 4 * 1024 * 1024  # of one answer


class MailwizzAccess(Struct, frozen=True):
    """Where the API is, with either a key (2.x) or a pair of keys (1.x)."""

    base: str  # "https://host/api", or "https://host/api/index.php" without clean addresses
    key: str  # 2.x: the key; 1.x: the public one
    private: str = ""  # "": 2.x

    def __post_init__(self) -> None:
        if URL(self.base).scheme not in ("http", "https") or not URL(self.base).host:
            raise StartRefused(
                f"mailwizz api {self.base!r} is no address: give https://<host>/api, or"
                " https://<host>/api/index.php where MailWizz has no clean addresses"
            )

    def __repr__(self) -> str:
        return f"MailwizzAccess({self.base})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("", repr(self))]


class MailwizzApi:
    """ports.Campaigns.  Each call is a request of its own: nothing is kept between the hours."""

    def __init__(
        self,
        access: Mapping[InstanceId, MailwizzAccess],
        *,
        seconds: float = ANSWER_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._access, self._seconds, self._now = access, seconds, now

    async def campaigns(self, instance: InstanceId) -> tuple[Campaign, ...]:
        access = self._access.get(instance)
        if access is None:
            raise MailwizzRefused(f"MailWizz {instance} has no API in the configuration")
        limit = aiohttp.ClientTimeout(total=self._seconds)
        async with aiohttp.ClientSession(timeout=limit) as session:
            ask = _Ask(session, instance, access, self._now)
            uids = [uid async for uid in ask.sent()]
            return tuple([await ask.stats(uid) for uid in uids[:STATS_MAX]])


class _Ask:
    def __init__(
        self,
        session: aiohttp.ClientSession,
        instance: InstanceId,
        access: MailwizzAccess,
        now: Callable[[], float],
    ) -> None:
        self._session, self._access, self._now = session, access, now
        self._who = f"the API of MailWizz {instance}"

    async def sent(self) -> Any:
        """The numbers of campaigns that send or have sent."""
        for page in range(1, PAGES_MAX + 1):
            said = await self._get("campaigns", {"page": page, "per_page": PER_PAGE})
            found = answers.page(said, self._who)
            for record in found.records:
                uid, status = answers.listed(record, self._who)
                if status in answers.SENT:
                    yield uid
            if not found.records or page >= found.pages:
                return

    async def stats(self, uid: str) -> Campaign:
        return answers.stats(uid, await self._get(f"campaigns/{uid}/stats", {}), self._who)

    async def _get(self, what: str, query: Mapping[str, Any]) -> Any:
        url = f"{self._access.base.rstrip('/')}/{what}"
        address = URL(mailwizz_signature.addressed(url, query), encoded=True)
        headers = {"Accept": "application/json", **self._signed(url, query)}
        try:
            async with self._session.get(
                address, headers=headers, allow_redirects=False
            ) as response:
                body = await response.content.read(BYTES_MAX + 1)
                while len(body) <= BYTES_MAX and (more := await response.content.readany()):
                    body += more
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            why = str(error) or "no answer in time"
            raise MailwizzSilent(f"{self._who} does not answer: {why}") from None
        if len(body) > BYTES_MAX:
            raise MailwizzRefused(f"{self._who} answers with more than {BYTES_MAX:,} bytes")
        return answers.read(response.status, body, self._who)

    def _signed(self, url: str, query: Mapping[str, Any]) -> dict[str, str]:
        access = self._access
        if not access.private:
            return {"X-Api-Key": access.key}
        now = int(self._now())
        return mailwizz_signature.headers(
            "GET", url, query, {}, public=access.key, private=access.private, now=now
        )
