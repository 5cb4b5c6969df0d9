"""One question before every Touch: do all whom it concerns let the engine act? (DESIGN §10)"""

from engine.effects import Effect
from engine.projections.authorities import AUTHORITIES
from engine.projections.effects import EFFECTS
from engine.runtime.views import Views


class Gate:
    def __init__(self, views: Views) -> None:
        self._views = views

    def closed(self, effect: Effect) -> str:
        """Who does not act; "" = go ahead."""
        modes = {one: self._views.get(AUTHORITIES, one).mode for one in effect.concerns}
        return ", ".join(one for one, mode in modes.items() if mode != "act")

    def settled(self, effect: Effect) -> bool:
        """Withheld, said so, and nobody's authority changed since."""
        wish = self._views.get(EFFECTS, effect.key)
        changed = [self._views.get(AUTHORITIES, one).since for one in effect.concerns]
        said = wish.state == "withheld" and wish.since > max(changed, default=0)
        return said and bool(self.closed(effect))
