"""Brings each DKIM key of a domain one step on, as soon as what it waits for is there."""

from datetime import datetime, timedelta

from engine.commands.domain_key import RevokeKey, UseKey
from engine.effects import Dispatch, LayKey, LookAtKey, TakeKeyAway
from engine.projections.dkim_keys import DKIM_KEYS, DkimKey, DkimKeys
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules.timing import KEY_KEPT, KEY_LOOK_DAILY, KEY_LOOK_WAITING


def react(view: DkimKeys, now: datetime) -> Agenda:
    wants = [
        want
        for selector, key in sorted(view.keys.items())
        if (want := _next(view, selector, key)) is not None
    ]
    return agenda(wants, now)


def _next(view: DkimKeys, selector: str, key: DkimKey) -> Want | None:
    match key.state:
        case "asked":
            return _lay(view, selector, key)
        case "laid":
            return _look(view, selector, key, KEY_LOOK_WAITING)
        case "published":
            return _use(view, selector, key)
        case "used":
            return _look(view, selector, key, KEY_LOOK_DAILY)
        case "superseded":
            revoke = RevokeKey(domain=view.domain, selector=selector)
            since = key.work.since
            dispatch = Dispatch(tenant=view.tenant, command=revoke, cycle=since)
            return Want(dispatch, key.since + KEY_KEPT)
        case "revoked":
            if key.standing in ("revoked", "absent"):
                return _take_away(view, selector, key)
            return _look(view, selector, key, KEY_LOOK_WAITING)
        case "dropped":
            return _take_away(view, selector, key)


def _lay(view: DkimKeys, selector: str, key: DkimKey) -> Want:
    since, retry = key.work.since, key.work.retry
    lay = LayKey(
        tenant=view.tenant,
        node=key.nodes[0],
        nodes=key.nodes,
        domain=view.domain,
        selector=selector,
        algorithm=key.algorithm,
        cycle=since,
        attempt=retry.attempt,
    )
    return Want(lay, retry.at)


def _look(view: DkimKeys, selector: str, key: DkimKey, every: timedelta) -> Want:
    look = LookAtKey(
        tenant=view.tenant,
        domain=view.domain,
        selector=selector,
        record=key.record,
        cycle=key.work.since,
        attempt=key.looks + 1,
    )
    return Want(look, key.looked_at + every if key.looked_at else None)


def _use(view: DkimKeys, selector: str, key: DkimKey) -> Want | None:
    """PowerMTA 5.0 signs with RSA alone, so nobody waits for a node to take another key."""
    if key.algorithm == "rsa" and not view.signs_everywhere(selector):
        return None
    use = UseKey(domain=view.domain, selector=selector)
    return Want(Dispatch(tenant=view.tenant, command=use, cycle=key.work.since))


def _take_away(view: DkimKeys, selector: str, key: DkimKey) -> Want | None:
    """Never while a node signs with it."""
    if view.signs(selector):
        return None
    since, retry = key.work.since, key.work.retry
    away = TakeKeyAway(
        tenant=view.tenant,
        node=key.nodes[0],
        nodes=key.nodes,
        domain=view.domain,
        selector=selector,
        cycle=since,
        attempt=retry.attempt,
    )
    return Want(away, retry.at)


DKIM_KEY_REACTOR = Reactor(name="dkim_keys", reads=DKIM_KEYS, react=react)
