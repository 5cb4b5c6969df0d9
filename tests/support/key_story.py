"""The story of one DKIM key, from the wish for it to its end."""

from engine.deciders.domain import DECIDER
from engine.events import Event
from engine.events.domain_key import KeyAsked, KeyLaid, KeyLooked, KeyPublished, KeyUsed
from engine.events.rollout import RolloutEnded
from engine.ids import NodeId
from engine.reactors.dkim_keys import DKIM_KEY_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.values.dkim_key import Algorithm, Standing
from tests.support.key_samples import PATHS, RECORD
from tests.support.spec import NODE, DeciderSpec, ReactorSpec

DOMAIN, AWAY = "acme.example", NodeId("pmta-2")
NEW = "ee20260105"
SPEC, KEEPER, FILES = DeciderSpec(DECIDER), ReactorSpec(DKIM_KEY_REACTOR), ReactorSpec(ROLLOUT)
ASKED = KeyAsked(domain=DOMAIN, selector=NEW, algorithm="rsa", nodes=(NODE,))
LAID = KeyLaid(domain=DOMAIN, selector=NEW, record=RECORD, paths=PATHS)


def looked(
    standing: Standing, look: int = 1, *, why: str = "", selector: str = NEW, signs: bool = False
) -> KeyLooked:
    return KeyLooked(
        domain=DOMAIN, selector=selector, look=look, standing=standing, why=why, signs=signs
    )


def published(selector: str = NEW, algorithm: Algorithm = "rsa") -> KeyPublished:
    return KeyPublished(
        domain=DOMAIN, selector=selector, algorithm=algorithm, paths=PATHS, purposes=()
    )


def used(selector: str = NEW, *before: str) -> KeyUsed:
    return KeyUsed(domain=DOMAIN, selector=selector, supersedes=before)


def told(node: NodeId = NODE, *selectors: str) -> RolloutEnded:
    return RolloutEnded(node=node, ending="done", dkim={DOMAIN: selectors})


SEEN: list[Event] = [ASKED, LAID, looked("published"), published()]
IN_USE: list[Event] = [*SEEN, told(NODE, NEW), used()]
NEXT = KeyAsked(domain=DOMAIN, selector="s2", algorithm="rsa", nodes=(NODE,))
LAID_NEXT = KeyLaid(domain=DOMAIN, selector="s2", record=RECORD, paths=PATHS)
