"""What people ask for in a chat, done by the API's own handlers once there is an API."""

import logging
from collections.abc import Mapping

import msgspec

from engine.api import auth, decode, problems, writing
from engine.api.call import Call, Caller
from engine.api.deps import Deps
from engine.api.problems import Problem
from engine.api.route import Route
from engine.api.routes import ROUTES
from engine.bot.desk import Ask, Told
from engine.ids import Actor, KeyId

STARTING = "the engine is still starting; ask again in a minute"
BUG = "this is a mistake of the engine; its log says which"
_ROUTES: Mapping[tuple[str, str], Route] = {(one.method, one.path): one for one in ROUTES}
_log = logging.getLogger(__name__)


class Person(Caller, frozen=True):
    """Somebody in a chat, who holds no key."""

    user: int = 0

    @property
    def actor(self) -> Actor:
        return Actor(f"telegram:{self.user}")


class Orders:
    """bot.desk.Desk"""

    deps: Deps | None = None

    async def __call__(self, ask: Ask) -> Told:
        if self.deps is None:
            return Told(503, None, STARTING)
        with self.deps.requests.counted():
            try:
                return await _answered(self.deps, ask)
            except Exception as error:
                problem = problems.of(error)
                if problem is None:
                    _log.exception("a bug while answering %s %s", ask.method, ask.path)
                    problem = Problem("bug", BUG)
                return Told(problem.status, None, problem.detail)


async def _answered(deps: Deps, ask: Ask) -> Told:
    route = _ROUTES[ask.method, ask.path]
    person = Person(KeyId(f"telegram-{ask.user}"), ask.tenant, ask.scopes, ask.user)
    if route.scope is not None:
        auth.permit(person, route.scope)
    if route.reads:
        taken = decode.query({name: str(value) for name, value in ask.given.items()}, route.takes)
    else:
        taken = decode.body(msgspec.json.encode(ask.given), route.takes)
    asked = writing.digest(ask.once, route, ask.of, taken)
    answer = await route.handler(Call(deps, person, ask.of, ask.once, asked=asked), taken)
    return Told(answer.status, msgspec.json.decode(msgspec.json.encode(answer.body)))
