"""Questions before an effect: do all whom it concerns let the engine act (DESIGN §10), and is it
not too soon after it was refused?
"""

from collections.abc import Iterable
from datetime import datetime

from engine.effects import Effect
from engine.projections.authorities import AUTHORITIES
from engine.projections.effects import EFFECTS
from engine.runtime.views import Views


class Gate:
    def __init__(self, views: Views) -> None:
        self._views = views

    def closed(self, effect: Effect) -> str:
        """Who does not act; "" = go ahead."""
        return self.observing(effect.concerns)

    def observing(self, concerned: Iterable[str]) -> str:
        """Who of them does not act; "" = all do."""
        modes = {one: self._views.get(AUTHORITIES, one).mode for one in concerned}
        return ", ".join(one for one, mode in modes.items() if mode != "act")

    def said(self, effect: Effect) -> str:
        """Why it was withheld, as the log has it; "" = it was not."""
        wish = self._views.get(EFFECTS, effect.key)
        return wish.why if wish.state == "withheld" else ""

    def settled(self, effect: Effect, now: datetime) -> bool:
        """Withheld, said so, and nobody's authority changed since; or refused, and the time to try
        it again has not come.
        """
        wish = self._views.get(EFFECTS, effect.key)
        if wish.state == "refused" and wish.retry.at is not None:
            return now < wish.retry.at
        changed = [self._views.get(AUTHORITIES, one).since for one in effect.concerns]
        said = wish.state == "withheld" and wish.since > max(changed, default=0)
        return said and bool(self.closed(effect))
