"""Lays each DKIM key that signs, or will, on the nodes that came after it."""

from datetime import datetime

from engine.effects import PlaceKey
from engine.projections.key_places import KEY_PLACES, KeyPlaces, Lacking
from engine.reactors.reactor import Agenda, Reactor, Want, agenda


def react(view: KeyPlaces, now: datetime) -> Agenda:
    return agenda([_place(view, one) for one in view.lacking()], now)


def _place(view: KeyPlaces, one: Lacking) -> Want:
    """From one node after another: the first may be silent."""
    retry, key = one.work.retry, one.key
    sources = sorted(key.paths)
    source = sources[(retry.attempt - 1) % len(sources)]
    place = PlaceKey(
        tenant=view.tenant,
        node=one.node,
        nodes=(one.node,),
        domain=one.domain,
        selector=one.selector,
        algorithm=key.algorithm,
        source=source,
        path=key.paths[source],
        record=key.record,
        cycle=one.work.since,
        attempt=retry.attempt,
    )
    return Want(place, retry.at)


KEY_PLACE_REACTOR = Reactor(name="key_places", reads=KEY_PLACES, react=react)
