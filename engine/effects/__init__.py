"""Everything that can be done."""

from engine.effects.alert import TellPeople
from engine.effects.command import Dispatch
from engine.effects.dns import CheckResolver, LookAtPtr, ValidateDomain
from engine.effects.dnsbl import LookUp
from engine.effects.node import LookAtNode, PauseQueues, ResumeQueues
from engine.effects.rollout import CommitVersion, Deploy, ReadBack, Restore
from engine.effects.server import FindServer, ReadServer, TellServer
from engine.effects.traffic import ReadAccounting

Effect = (
    CheckResolver
    | CommitVersion
    | Deploy
    | Dispatch
    | FindServer
    | LookAtNode
    | LookAtPtr
    | LookUp
    | PauseQueues
    | ReadAccounting
    | ReadBack
    | ReadServer
    | Restore
    | ResumeQueues
    | TellPeople
    | TellServer
    | ValidateDomain
)

__all__ = [
    "CheckResolver",
    "CommitVersion",
    "Deploy",
    "Dispatch",
    "Effect",
    "FindServer",
    "LookAtNode",
    "LookAtPtr",
    "LookUp",
    "PauseQueues",
    "ReadAccounting",
    "ReadBack",
    "ReadServer",
    "Restore",
    "ResumeQueues",
    "TellPeople",
    "TellServer",
    "ValidateDomain",
]
