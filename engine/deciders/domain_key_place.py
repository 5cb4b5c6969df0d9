"""Decisions about a key on a node that came after it was laid."""

from collections.abc import Sequence

from engine.commands.domain_key import ReportKeyPlaced
from engine.deciders.domain_key import Keys
from engine.events.domain_key import KeyNotPlaced, KeyPlaced
from engine.values.dkim_key import KeyState
from engine.values.sending_domain import Setup

SIGNING: tuple[KeyState, ...] = ("published", "used")


def report(
    keys: Keys, setup: Setup, command: ReportKeyPlaced
) -> Sequence[KeyPlaced | KeyNotPlaced]:
    """What is known already is nothing new.  One that is wanted no more by now lies there all the
    same, and is taken away with the others."""
    domain, selector, node = command.domain, command.selector, command.node
    key = keys.get(selector)
    if key is None or key.state is None or node in key.paths:
        return []
    if command.why:
        attempt, why = command.attempt, command.why
        failed = KeyNotPlaced(domain=domain, selector=selector, node=node, attempt=attempt, why=why)
        return [failed] if attempt > key.placing.get(node, 0) else []
    return [
        KeyPlaced(
            domain=domain,
            selector=selector,
            algorithm=key.algorithm,
            node=node,
            path=command.path,
            purposes=setup.purposes,
            signs=_signs(keys, selector),
        )
    ]


def _signs(keys: Keys, selector: str) -> bool:
    """The newest of its kind that was seen in the DNS does; they stand in the order of asking."""
    kind = keys[selector].algorithm
    seen = [name for name, one in keys.items() if one.algorithm == kind and one.state in SIGNING]
    return bool(seen) and seen[-1] == selector
