"""Who hears in which chat: as the configuration says, and as people decided since.

A number that the configuration names is the configuration's alone, so that what a file on the host
says of a chat cannot be widened over the API.
"""

from collections.abc import Iterator, Mapping, Sequence

from engine.bot.access import Chat
from engine.ids import TenantId
from engine.projections.chat_routes import CHAT_ROUTES, ChatRoute
from engine.runtime.perform.alert import Routes
from engine.runtime.views import Views
from engine.values.alert import Route


class Chats(Mapping[int, Chat]):
    """By number, what each may see.  ``views``: once they are there, and folded as things go on."""

    def __init__(self, configured: Mapping[int, Chat], ways: Routes) -> None:
        self._configured = configured
        self._ways = ways
        self.views: Views | None = None

    def routes(self, tenant: TenantId | None) -> Sequence[Route]:
        """The chats that hear of a tenant; None: of the platform's own."""
        theirs = [one for one in self._decided() if one.tenant in (None, tenant)]
        theirs.sort(key=lambda one: one.tenant is None)  # one that is both hears as the platform's
        found = {one.chat: Route(one.chat, one.severity, one.quiet) for one in theirs}
        return [*self._ways(tenant), *found.values()]

    @property
    def twice(self) -> Sequence[int]:
        """Decided on, and in the configuration too, which holds."""
        return sorted(self._configured.keys() & {int(one.chat) for one in self._routed()})

    def __getitem__(self, number: int) -> Chat:
        if number in self._configured:
            return self._configured[number]
        theirs = [one.tenant for one in self._decided() if int(one.chat) == number]
        if not theirs:
            raise KeyError(number)
        tenants = tuple(sorted(one for one in theirs if one is not None))
        return Chat(platform=True) if None in theirs else Chat(tenants=tenants)

    def __iter__(self) -> Iterator[int]:
        yield from self._configured
        yield from sorted({int(one.chat) for one in self._decided()})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _decided(self) -> Sequence[ChatRoute]:
        return [one for one in self._routed() if int(one.chat) not in self._configured]

    def _routed(self) -> Sequence[ChatRoute]:
        known = self.views.of(CHAT_ROUTES).values() if self.views is not None else ()
        return [one for one in known if one.routed_at is not None]
