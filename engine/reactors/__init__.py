"""Everything that keeps an eye on something."""

from typing import Any

from engine.reactors.alerts import ALERT_REACTOR
from engine.reactors.dnsbl_watch import DNSBL_WATCH
from engine.reactors.domains import domains
from engine.reactors.mailwizz import MAILWIZZ
from engine.reactors.node_pauses import node_pauses
from engine.reactors.reactor import Reactor
from engine.reactors.rollout import ROLLOUT
from engine.reactors.warmup import WARMUP
from engine.values.tuning import Tuning


def reactors(tuning: Tuning) -> tuple[Reactor[Any], ...]:
    own = (node_pauses(tuning), domains(tuning))
    return (WARMUP, DNSBL_WATCH, *own, ROLLOUT, MAILWIZZ, ALERT_REACTOR)
