"""Everything that can be done."""

from engine.effects.alert import TellPeople
from engine.effects.command import Dispatch
from engine.effects.dns import LookAtPtr, ValidateDomain
from engine.effects.dnsbl import LookUp
from engine.effects.node import LookAtNode, PauseQueues, ResumeQueues
from engine.effects.rollout import Deploy, ReadBack, Restore
from engine.effects.server import FindServer, ReadServer, TellServer

Effect = (
    Deploy
    | Dispatch
    | FindServer
    | LookAtNode
    | LookAtPtr
    | LookUp
    | PauseQueues
    | ReadBack
    | ReadServer
    | Restore
    | ResumeQueues
    | TellPeople
    | TellServer
    | ValidateDomain
)

__all__ = [
    "Deploy",
    "Dispatch",
    "Effect",
    "FindServer",
    "LookAtNode",
    "LookAtPtr",
    "LookUp",
    "PauseQueues",
    "ReadBack",
    "ReadServer",
    "Restore",
    "ResumeQueues",
    "TellPeople",
    "TellServer",
    "ValidateDomain",
]
