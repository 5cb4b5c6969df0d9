"""The HTTP API of a simulated MailWizz, as its schema and clients describe it.

Both ways of signing in are offered; ``behaviour`` says what goes wrong.
"""

from collections.abc import Mapping
from typing import Any, Literal

from aiohttp import web

from engine.rules import mailwizz_signature as signature

Behaviour = Literal["well", "down", "page", "other", "silent", "moved", "huge"]
PAGE = b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"
PER_PAGE = 10  # where nobody asks for more


class DemoMailwizzApi:
    """``stats`` by the number of a campaign: as they are written there, counts as numbers or text.
    A campaign belongs to the customer whose key shows it.
    """

    def __init__(self, *, key: str = "", public: str = "", private: str = "") -> None:
        self._key, self._public, self._private = key, public, private
        self.stats: dict[str, dict[str, Any]] = {}
        self.behaviour: Behaviour = "well"
        self.asked: list[str] = []
        self.base = ""
        self._runner: web.AppRunner | None = None

    def campaign(self, uid: str, status: str = "sent", **counts: Any) -> None:
        names = (
            *("processed", "delivery_success", "hard_bounces", "soft_bounces"),
            *("internal_bounces", "unsubscribes", "complaints"),
        )
        found = {f"{name}_count": counts.get(name, 0) for name in names}
        rates = {f"{name}_rate": "0.00" for name in names}
        self.stats[uid] = {"campaign_status": status, **found, **rates}

    async def start(self) -> None:
        app = web.Application()
        for base in ("/api", "/api/index.php"):
            app.router.add_get(f"{base}/campaigns", self._campaigns)
            app.router.add_get(f"{base}/campaigns/{{uid}}/stats", self._stats)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _campaigns(self, request: web.Request) -> web.StreamResponse:
        if wrong := self._wrong(request):
            return wrong
        page = int(request.query.get("page", 1))
        size = int(request.query.get("per_page", PER_PAGE))
        uids = list(self.stats)[(page - 1) * size : page * size]
        records = [
            {"campaign_uid": uid, "name": "n", "status": self.stats[uid]["campaign_status"]}
            for uid in uids
        ]
        pages = -(-len(self.stats) // size)
        data = {"count": str(len(self.stats)), "total_pages": pages, "current_page": page}
        more = {"next_page": page + 1 if page < pages else None, "prev_page": page - 1 or None}
        return _good({**data, **more, "records": records})

    async def _stats(self, request: web.Request) -> web.StreamResponse:
        found = self.stats.get(request.match_info["uid"])
        if wrong := self._wrong(request):
            return wrong
        return _good(found) if found else _bad(404, "The campaign does not exist.")

    def _wrong(self, request: web.Request) -> web.StreamResponse | None:
        self.asked.append(request.path_qs)
        match self.behaviour:
            case "down":
                return web.Response(status=502, body=PAGE, content_type="text/html")
            case "page":
                return web.Response(body=PAGE, content_type="text/html")
            case "other":
                return _good({"campaigns": []})
            case "moved":
                return web.Response(status=301, headers={"Location": "https://example.com/api"})
            case "huge":
                return web.Response(body=b" " * (5 * 1024 * 1024))
            case "silent":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case _:
                return None if self._known(request) else _bad(401, "Invalid API request signature.")

    def _known(self, request: web.Request) -> bool:
        given: Mapping[str, str] = request.headers
        if self._key:
            return given.get("X-Api-Key") == self._key
        at = given.get(signature.STAMP, "0")
        url = str(request.url.with_query(None))
        expected = signature.headers(
            "GET", url, dict(request.query), {},
            public=self._public, private=self._private, now=int(at),
        )  # fmt: skip
        return given.get(signature.SIGNATURE) == expected[signature.SIGNATURE]


def _good(data: Any) -> web.Response:
    return web.json_response({"status": "success", "data": data})


def _bad(status: int, error: Any) -> web.Response:
    return web.json_response({"status": "error", "error": error}, status=status)
