"""The world that is looked at: a DNS without surprises, and a PowerMTA host that always obeys."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.app.whatif.listings import Listed
from engine.effects.dnsbl import LookUp
from engine.events.dnsbl import DNSBL, DnsblLooked
from engine.ids import IpAddr, NodeId, TenantId, Zone
from engine.ports import Clock, DnsFailure, Fence, Found, NodeFile, NodeRefused, NodeStatus
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import CATALOGUE_VERSION, DEFAULT
from engine.rules.pmta_config import tenant_file
from engine.runtime.notes import Notes
from engine.values.dns import DnsAnswer, Question
from engine.values.verdict import Answer
from engine.values.vmta import Running

STARTED = "2026-01-01 00:00:00"  # PowerMTA, which is never restarted here


class ModelledDns:
    """Each address and its name point at each other."""

    name = "the model"

    def __init__(self, names: Mapping[IpAddr, str]) -> None:
        self._names = names
        self._ips = {name: ip for ip, name in names.items()}

    async def ptr(self, ip: IpAddr) -> tuple[str, ...]:
        return (self._names[ip],)

    async def a(self, name: str) -> tuple[str, ...]:
        return (self._ips[name],)

    aaaa = a

    async def lookup(self, question: Question) -> DnsAnswer:
        raise DnsFailure(f"{question.name} is not in the model")


class ModelledNode:
    """PowerMTA hosts that take every file and pause at once, and keep pauses over a reload."""

    def __init__(self) -> None:
        self._files: dict[tuple[NodeId, TenantId], NodeFile] = {}
        self._still: dict[NodeId, set[str]] = {}

    async def host_key(self, host: str, port: int) -> str:
        raise NodeRefused(f"{host}:{port}: the model has no hosts")

    async def apply(
        self,
        node: NodeId,
        file: NodeFile,
        *,
        before: str,
        fence: Fence,
    ) -> None:
        there = tenant_file.digest(self._text(node, file.tenant))
        if there != before:
            raise NodeRefused(f"{node} holds {there}, not {before}", "conflict")
        self._files[node, file.tenant] = file

    async def restore(
        self,
        node: NodeId,
        file: NodeFile,
        *,
        before: str,
        fence: Fence,
    ) -> None:
        self._files[node, file.tenant] = file

    async def read_back(self, node: NodeId, tenant: TenantId, vmtas: Sequence[str]) -> Found:
        file = self._files.get((node, tenant))
        running: tuple[Running, ...] = file.expect if file else ()
        digest = tenant_file.digest(self._text(node, tenant))
        return Found(digest, tuple(one for one in running if one.vmta in vmtas))

    async def lies(self, node: NodeId, tenant: TenantId) -> bytes | None:
        return self._text(node, tenant).encode() or None

    async def files(self, node: NodeId) -> dict[TenantId, str]:
        texts = {tenant: self._text(node, tenant) for at, tenant in self._files if at == node}
        return {tenant: tenant_file.digest(text) for tenant, text in texts.items() if text}

    async def configuration(self, node: NodeId) -> dict[str, str]:
        raise NodeRefused(f"{node}: the model has no configuration of an operator")

    async def pause(self, node: NodeId, vmta: str) -> None:
        self._still.setdefault(node, set()).add(vmta)

    async def resume(self, node: NodeId, vmta: str) -> None:
        self._still.get(node, set()).discard(vmta)

    async def pause_job(self, node: NodeId, job: str) -> None:
        raise NodeRefused(f"{node}: the model knows no job {job}", "lacking")

    async def resume_job(self, node: NodeId, job: str) -> None:
        raise NodeRefused(f"{node}: the model knows no job {job}", "lacking")

    async def lay_key(
        self,
        node: NodeId,
        name: str,
        private: bytes,
        *,
        fence: Fence,
    ) -> str:
        raise NodeRefused(f"{node}: no key is laid, for the model has none")

    async def copy_key(self, node: NodeId, name: str, *, source: NodeId, fence: Fence) -> str:
        raise NodeRefused(f"{node}: no key is laid, for the model has none")

    async def remove_key(self, node: NodeId, name: str, *, fence: Fence) -> None:
        pass

    async def dkim_public(self, node: NodeId, path: str) -> bytes:
        raise NodeRefused(f"{node}: no key lies at {path}, for the model has none")

    async def look(self, node: NodeId) -> NodeStatus:
        still = tuple(sorted(self._still.get(node, ())))
        return NodeStatus("5.0r5", STARTED, still, included=True)

    def _text(self, node: NodeId, tenant: TenantId) -> str:
        file = self._files.get((node, tenant))
        return file.text if file else ""


class ModelledLists:
    """Every list proves itself at every look, but those that are retired; each address is listed
    by whom and when the question says.
    """

    def __init__(
        self, listings: Sequence[Listed], start: datetime, clock: Clock, notes: Notes
    ) -> None:
        self._listings, self._start = listings, start
        self._clock, self._notes = clock, notes
        self._clean = {
            v6: {
                zone: answer
                for asked in dnsbl.to_ask()
                if DEFAULT[asked].ipv6 or not v6
                for zone, answer in _said(asked).items()
            }
            for v6 in (False, True)
        }

    async def look_up(self, effect: LookUp) -> None:
        clean = self._clean[dnsbl.is_v6(effect.ip)]
        answers = clean | self._hits(effect.ip)
        if effect.zones:
            answers = {zone: one for zone, one in answers.items() if zone in effect.zones}
        looked = DnsblLooked(
            ip=effect.ip,
            round=effect.key,
            answers=answers,
            catalogue=CATALOGUE_VERSION,
            whole=not effect.zones,
        )
        await self._notes.add(effect, DNSBL.stream(effect.ip), looked)

    def _hits(self, ip: IpAddr) -> dict[Zone, Answer]:
        now, hits = self._clock.now(), dict[Zone, Answer]()
        for one in self._listings:
            if one.ip == ip and one.stands(now, self._start):
                asked = DEFAULT[one.zone].part_of or one.zone
                hits |= dnsbl.judge(asked, (next(iter(DEFAULT[one.zone].codes)),))
        return hits


def _said(asked: Zone) -> dict[Zone, Answer]:
    if DEFAULT[asked].retired:
        return dnsbl.unasked(asked, "dead")
    return dnsbl.judge(asked, ())
