"""What may be asked of a sending domain's DKIM keys."""

from engine.commands.base import Ask
from engine.ids import NodeId
from engine.values.dkim_key import Algorithm, Standing


class AskKey(Ask, frozen=True, kw_only=True, tag="domain.ask_key"):
    """Asked again before that one is in use, it is the same request."""

    domain: str
    nodes: tuple[NodeId, ...]  # that send for the domain
    selector: str = ""  # "" = by the day
    algorithm: Algorithm = "rsa"
    rotates: bool = False  # only in the place of one that is in use


class ReportKey(Ask, frozen=True, kw_only=True, tag="domain.report_key"):
    domain: str
    selector: str
    attempt: int
    record: str = ""
    paths: dict[NodeId, str] = {}
    why: str = ""  # it does not lie there


class ReportKeyPlaced(Ask, frozen=True, kw_only=True, tag="domain.report_key_placed"):
    """On a node that came later."""

    domain: str
    selector: str
    node: NodeId
    attempt: int
    path: str = ""
    why: str = ""  # it does not lie there


class ReportKeyLook(Ask, frozen=True, kw_only=True, tag="domain.report_key_look"):
    domain: str
    selector: str
    look: int
    standing: Standing
    why: str = ""


class UseKey(Ask, frozen=True, kw_only=True, tag="domain.use_key"):
    domain: str
    selector: str


class RevokeKey(Ask, frozen=True, kw_only=True, tag="domain.revoke_key"):
    domain: str
    selector: str


class DropKey(Ask, frozen=True, kw_only=True, tag="domain.drop_key"):
    domain: str
    selector: str


class ReportKeyGone(Ask, frozen=True, kw_only=True, tag="domain.report_key_gone"):
    domain: str
    selector: str
    attempt: int
    why: str = ""  # it still lies there


DomainKeyCommand = (
    AskKey
    | ReportKey
    | ReportKeyPlaced
    | ReportKeyLook
    | UseKey
    | RevokeKey
    | DropKey
    | ReportKeyGone
)
