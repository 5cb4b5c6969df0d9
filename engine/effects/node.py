"""The levers of a node that need no file, and a look at how they stand."""

from engine.effects.base import Look, Stream, Touch
from engine.events.ip import IP
from engine.events.tenant import TENANT
from engine.ids import IpAddr, NodeId, TenantId
from engine.values.target import Target


class PauseQueues(Touch, frozen=True, kw_only=True, tag="node.pause_queues"):
    tenant: TenantId
    ip: IpAddr

    @property
    def stop(self) -> bool:
        return True

    @property
    def subject(self) -> str:
        return self.ip


class HoldQueues(Touch, frozen=True, kw_only=True, tag="node.hold_queues"):
    """What stands still by a tenant's pauses, once more: something may have ended them."""

    tenant: TenantId
    ips: tuple[IpAddr, ...]

    @property
    def stop(self) -> bool:
        return True

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.tenant}"


class ResumeQueues(Touch, frozen=True, kw_only=True, tag="node.resume_queues"):
    tenant: TenantId
    ip: IpAddr

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return ((IP, self.ip),)

    @property
    def subject(self) -> str:
        return self.ip


class PauseJob(Touch, frozen=True, kw_only=True, tag="node.pause_job"):
    tenant: TenantId
    job: str
    ip: IpAddr | None = None  # the address whose listing it lies behind

    @property
    def stop(self) -> bool:
        return True

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.job}"


class ResumeJob(Touch, frozen=True, kw_only=True, tag="node.resume_job"):
    tenant: TenantId
    job: str

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        return ((TENANT, self.tenant),)

    @property
    def subject(self) -> str:
        return f"{self.node}/{self.job}"


class LookAtNode(Look, frozen=True, kw_only=True, tag="node.look"):
    node: NodeId

    @property
    def target(self) -> Target:
        return Target("node", self.node)
