"""One sending address as a node knows it."""

from msgspec import Struct

from engine.ids import IpAddr
from engine.values.levers import Levers
from engine.values.overlay import Chosen, Key


class Vmta(Struct, frozen=True, gc=False, omit_defaults=True):
    """What is wanted of it; a rollout carries one for each address of the tenant on the node."""

    purpose: str  # its pool, within the tenant
    hostname: str  # as it was when warm-up began; "" = not known, and so not rendered
    levers: Levers
    chosen: Chosen | None = None  # laid over it already; None: the engine's alone
    keys: tuple[Key, ...] = ()  # of DKIM, that the engine made and saw published
    login: str = ""  # the secret with its SMTP user's password; "" = nobody logs in for it


class Running(Struct, frozen=True, gc=False):
    """What a node says it runs for one VMTA (``pmta show vmta-settings``)."""

    vmta: str
    ip: IpAddr
    hostname: str
    rate: str  # "50/d"; "" = none
