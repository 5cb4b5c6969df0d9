"""Everything that keeps an eye on something."""

from typing import Any

from engine.reactors.accounting import accounting
from engine.reactors.alerts import ALERT_REACTOR
from engine.reactors.dnsbl_watch import dnsbl_watch
from engine.reactors.domains import domains
from engine.reactors.mailwizz import MAILWIZZ
from engine.reactors.node_pauses import node_pauses
from engine.reactors.pools import POOL_REACTOR
from engine.reactors.quotas import QUOTA_REACTOR
from engine.reactors.reactor import Reactor
from engine.reactors.resolver import RESOLVER
from engine.reactors.results import results
from engine.reactors.reviews import REVIEW_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.reactors.warmup import life
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.tuning import Tuning


def reactors(tuning: Tuning, catalogue: Catalogue) -> tuple[Reactor[Any], ...]:
    return (
        *(life(catalogue, tuning.accounting), dnsbl_watch(catalogue), node_pauses(tuning)),
        *(domains(tuning), accounting(tuning), results(tuning.accounting)),
        *(RESOLVER, POOL_REACTOR, QUOTA_REACTOR, REVIEW_REACTOR, ROLLOUT, MAILWIZZ, ALERT_REACTOR),
    )
