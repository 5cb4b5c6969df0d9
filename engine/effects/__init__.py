"""Everything that can be done."""

from engine.effects.alert import TellPeople
from engine.effects.command import Dispatch
from engine.effects.dns import CheckResolver, LookAtPtr, ValidateDomain
from engine.effects.dnsbl import LookUp
from engine.effects.domain_key import LayKey, LookAtKey, PlaceKey, TakeKeyAway
from engine.effects.engine import LookForLogins
from engine.effects.node import (
    HoldQueues,
    LookAtNode,
    PauseJob,
    PauseQueues,
    ResumeJob,
    ResumeQueues,
)
from engine.effects.rollout import (
    CommitVersion,
    Deploy,
    DeployOwn,
    ReadBack,
    ReadOwn,
    Restore,
    RestoreOwn,
    WatchFile,
)
from engine.effects.server import FindServer, LookAtCampaigns, ReadServer, TellServer
from engine.effects.traffic import NoteRate, ReadAccounting

Effect = (
    CheckResolver
    | CommitVersion
    | Deploy
    | DeployOwn
    | Dispatch
    | FindServer
    | LayKey
    | LookAtKey
    | LookAtNode
    | LookAtPtr
    | LookAtCampaigns
    | LookForLogins
    | LookUp
    | NoteRate
    | PauseJob
    | PauseQueues
    | HoldQueues
    | PlaceKey
    | ReadAccounting
    | ReadBack
    | ReadOwn
    | ReadServer
    | Restore
    | RestoreOwn
    | ResumeJob
    | ResumeQueues
    | TakeKeyAway
    | TellPeople
    | TellServer
    | ValidateDomain
    | WatchFile
)

__all__ = [
    "CheckResolver",
    "CommitVersion",
    "Deploy",
    "DeployOwn",
    "Dispatch",
    "Effect",
    "FindServer",
    "HoldQueues",
    "LayKey",
    "LookAtCampaigns",
    "LookAtKey",
    "LookAtNode",
    "LookAtPtr",
    "LookForLogins",
    "LookUp",
    "NoteRate",
    "PauseJob",
    "PauseQueues",
    "PlaceKey",
    "ReadAccounting",
    "ReadBack",
    "ReadOwn",
    "ReadServer",
    "Restore",
    "RestoreOwn",
    "ResumeJob",
    "ResumeQueues",
    "TakeKeyAway",
    "TellPeople",
    "TellServer",
    "ValidateDomain",
    "WatchFile",
]
