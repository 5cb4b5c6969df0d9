"""Everything that keeps an eye on something."""

from typing import Any

from engine.reactors.accounting import accounting
from engine.reactors.alerts import alerts
from engine.reactors.campaigns import campaigns
from engine.reactors.dkim_keys import DKIM_KEY_REACTOR
from engine.reactors.dnsbl_watch import dnsbl_watch
from engine.reactors.domains import domains
from engine.reactors.idling import idling
from engine.reactors.key_places import KEY_PLACE_REACTOR
from engine.reactors.limiter import LIMITER
from engine.reactors.logins import LOGIN_REACTOR
from engine.reactors.mailwizz import MAILWIZZ
from engine.reactors.node_file import NODE_FILE
from engine.reactors.node_pauses import node_pauses
from engine.reactors.pools import POOL_REACTOR
from engine.reactors.quotas import QUOTA_REACTOR
from engine.reactors.rates import RATES
from engine.reactors.reactor import Reactor
from engine.reactors.refusals import REFUSAL_REACTOR
from engine.reactors.removals import REMOVAL_REACTOR
from engine.reactors.resolver import RESOLVER
from engine.reactors.results import results
from engine.reactors.reviews import REVIEW_REACTOR
from engine.reactors.rollout import ROLLOUT
from engine.reactors.rotation import ROTATION_REACTOR
from engine.reactors.warmup import life
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.tuning import Tuning


def reactors(tuning: Tuning, catalogue: Catalogue) -> tuple[Reactor[Any], ...]:
    asked = (LOGIN_REACTOR,) if tuning.passwords else ()
    return (
        *asked,
        *(NODE_FILE, DKIM_KEY_REACTOR, KEY_PLACE_REACTOR),
        *(life(catalogue, tuning.accounting), dnsbl_watch(catalogue), node_pauses(tuning)),
        *(domains(tuning), accounting(tuning), results(tuning.accounting)),
        *(idling(tuning.accounting), ROTATION_REACTOR),
        *(REMOVAL_REACTOR, LIMITER, campaigns(tuning.campaigns)),
        *(RESOLVER, POOL_REACTOR, QUOTA_REACTOR, REVIEW_REACTOR, ROLLOUT, MAILWIZZ),
        *(RATES, alerts(tuning), REFUSAL_REACTOR),
    )
