"""PowerMTA hosts."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from engine.ids import NodeId, TenantId
from engine.values.node import Fence, Found, NodeFile, NodeStatus
from engine.values.rollout import Kind


class PmtaNode(Protocol):
    """One engine's hands on PowerMTA hosts.  Each raises NodeSilent when no answer came: what was
    done is unknown then, and only a look tells.  Deadlines are the caller's.
    """

    async def host_key(self, host: str, port: int) -> str:
        """The key that answers there, "ssh-ed25519 AAAA…", proved by nobody; nothing else is sent.
        Raises NodeRefused where it is no SSH server."""

    async def apply(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        """Under the node's lock: compare with ``before`` (digest, "" = none), check that the
        configuration passes as it stands, back up, swap in, check, reload, verify what runs.
        Raises NodeRefused; then the node runs what it ran before.
        """

    async def restore(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        """Put the backup whose digest is ``before`` back (or remove the file) and reload; ``file``
        is what it must hold and run afterwards.  Raises NodeRefused.
        """

    async def read_back(self, node: NodeId, tenant: TenantId, vmtas: Sequence[str]) -> Found:
        """The tenant's file, and what runs of these VMTAs."""

    async def lies(self, node: NodeId, tenant: TenantId) -> bytes | None:
        """The tenant's file as it lies there; None: there is none.  Raises NodeRefused."""

    async def files(self, node: NodeId) -> Mapping[TenantId, str]:
        """Digests of all of this engine's files that lie there; its own for the node is "".  Raises
        NodeRefused."""

    async def configuration(self, node: NodeId) -> Mapping[str, str]:
        """What PowerMTA loads there, by path: its main file first, then all that is included, with
        whatever secrets they hold.  Raises NodeRefused."""

    async def pause(self, node: NodeId, vmta: str) -> None:
        """Stop the output of one VMTA at once; what waits stays.  Raises NodeRefused."""

    async def resume(self, node: NodeId, vmta: str) -> None:
        """Let it out again.  Raises NodeRefused."""

    async def pause_job(self, node: NodeId, job: str) -> None:
        """Hold what waits of a job's mail.  Raises NodeRefused, as ``lacking`` where this MTA has
        no such lever.
        """

    async def resume_job(self, node: NodeId, job: str) -> None:
        """Let it out again.  Raises NodeRefused."""

    async def dkim_public(self, node: NodeId, path: str) -> bytes:
        """The public part, as SubjectPublicKeyInfo, of the private key that lies there; the private
        part does not leave the node.  Raises NodeRefused where there is none to be read.
        """

    async def lay_key(self, node: NodeId, name: str, private: bytes, *, fence: Fence) -> str:
        """A private key into the engine's own folder of keys, for PowerMTA and the engine's user
        alone to read; one of that name gives way.  Its path.  Raises NodeRefused."""

    async def copy_key(self, node: NodeId, name: str, *, source: NodeId, fence: Fence) -> str:
        """A key of the engine's own folder on ``source`` into the one on ``node``, and nowhere
        else.  Its path.  Raises NodeRefused, also where there is none."""

    async def remove_key(self, node: NodeId, name: str, *, fence: Fence) -> None:
        """From that folder; also if it is not there.  Raises NodeRefused."""

    async def look(self, node: NodeId) -> NodeStatus:
        """Changes nothing.  Raises NodeRefused when it answers what is not understood, as ``down``
        when PowerMTA does not say that it runs."""


class NodeRefused(Exception):
    """The node said no, and is as it was before."""

    def __init__(
        self, why: str, kind: Kind | Literal["conflict", "down", "lacking"] = "node"
    ) -> None:
        super().__init__(why)
        self.kind = kind

    @property
    def ends(self) -> Kind:
        """As what a rollout fails that was refused so."""
        match self.kind:
            case "conflict" | "down" | "lacking":
                return "node"
            case kind:
                return kind


class NodeSilent(Exception):
    """The node did not answer; whether it obeyed is unknown."""
