"""One event of every kind that a DKIM key has."""

from engine.events.domain_key import (
    DomainKeyEvent,
    KeyAsked,
    KeyDropped,
    KeyLaid,
    KeyLooked,
    KeyNotLaid,
    KeyNotPlaced,
    KeyNotRemoved,
    KeyPlaced,
    KeyPublished,
    KeyRemoved,
    KeyRevoked,
    KeyUsed,
)
from engine.ids import NodeId
from tests.support.domain_samples import DOMAIN, NODE

SELECTOR = "ee20260105"
PATHS = {NODE: f"/etc/pmta/ee-main/keys/acme--{DOMAIN}--{SELECTOR}.pem"}
RECORD = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8463 A.2
KEY_SAMPLES: tuple[DomainKeyEvent, ...] = (
    KeyAsked(domain=DOMAIN, selector=SELECTOR, algorithm="rsa", nodes=(NODE,)),
    KeyLaid(domain=DOMAIN, selector=SELECTOR, record=RECORD, paths=PATHS),
    KeyNotLaid(domain=DOMAIN, selector=SELECTOR, attempt=1, why="disk full"),
    KeyLooked(
        domain=DOMAIN,
        selector=SELECTOR,
        look=1,
        standing="absent",
        why="there is no TXT record of this name",
    ),
    KeyPublished(
        domain=DOMAIN,
        selector=SELECTOR,
        algorithm="rsa",
        paths=PATHS,
        purposes=("marketing",),
    ),
    KeyUsed(domain=DOMAIN, selector=SELECTOR, supersedes=("ee20251001",)),
    KeyRevoked(domain=DOMAIN, selector=SELECTOR),
    KeyDropped(domain=DOMAIN, selector=SELECTOR, nodes=(NODE,)),
    KeyRemoved(domain=DOMAIN, selector=SELECTOR),
    KeyPlaced(
        domain=DOMAIN,
        selector=SELECTOR,
        algorithm="rsa",
        node=NodeId("pmta-2"),
        path=PATHS[NODE],
        purposes=("marketing",),
        signs=True,
    ),
    KeyNotPlaced(
        domain=DOMAIN, selector=SELECTOR, node=NodeId("pmta-2"), attempt=1, why="disk full"
    ),
    KeyNotRemoved(domain=DOMAIN, selector=SELECTOR, attempt=1, why="connection lost"),
)
