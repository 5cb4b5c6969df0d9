"""PowerMTA hosts in memory, with the manners of the driver; all waits are asyncio.sleep.

``tests/contract/test_pmta_node.py`` holds it to the same contract as the driver.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.ids import IpAddr, NodeId, TenantId
from engine.ports import Fence, Found, NodeFile, NodeRefused, NodeSilent, NodeStatus
from engine.rules.pmta_config.tenant_file import digest
from engine.values.node import Depth, Measures
from engine.values.vmta import Running
from tests.support.fake_keys import public_of

Fault = Literal["drop before", "drop after upload", "drop after", "refuse", "hang"]
_VMTA = re.compile(
    r"<virtual-mta (\S+)>\n  smtp-source-host (\S+) (\S+)\n(?:  max-smtp-msg-rate (\S+)\n)?"
    r"(?:  domain-key \S+\n)*(?:  cold-virtual-mta \S+\n)?"
    r"(?:  <domain \S+>\n(?:    [a-z-]+ \S+\n)+  </domain>\n)*</virtual-mta>\n"
)
_LOGIN = re.compile(
    r"<source (\S+)>\n(?:  [a-z-]+ \S+\n)+</source>\n"
    r"<smtp-user \1>\n  password \S+\n  source \1\n</smtp-user>\n"
)
_POOL = re.compile(r"<virtual-mta-pool \S+>\n(?:  virtual-mta \S+\n)+</virtual-mta-pool>\n")
_ACCOUNTING = re.compile(r"<acct-file \S+>\n(?:  [a-z-]+ .+\n)+</acct-file>\n")
_REPLIES = re.compile(r"<smtp-pattern-list \S+>\n(?:  reply /.+/ \S+\n)+</smtp-pattern-list>\n")
FOREVER_S = 10**6


@dataclass
class Host:
    """One node as it stands; tests read and write it."""

    files: dict[TenantId, str] = field(default_factory=dict)
    backups: dict[tuple[TenantId, str], str] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    queues: set[str] = field(default_factory=set)  # VMTAs with mail that waits
    still: set[str] = field(default_factory=set)  # VMTAs that are paused
    jobs: set[str] = field(default_factory=set)  # that are paused
    has_jobs: bool = True  # it knows `pause job`
    fence: Fence | None = None
    included: bool = True
    config: str = ""  # the operator's own part
    down: bool = False  # PowerMTA does not run
    foreign: str = ""  # an error in the operator's own part
    keys: dict[str, bytes] = field(default_factory=dict)  # path -> public part of what lies there
    private: dict[str, bytes] = field(default_factory=dict)  # keys that the engine laid, by path
    version: str = "5.0r5"
    starts: int = 1
    depths: dict[str, Depth] | None = None  # by VMTA; None: it does not tell
    measures: Measures = field(default_factory=Measures)
    clock: str = ""  # hours from UTC; "": it does not tell
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def error(self, but: TenantId | None = None) -> str:
        """What a reload would say of the whole configuration, ``but`` for the file that goes."""
        files = {tenant: text for tenant, text in self.files.items() if tenant != but}
        wrong = [tenant for tenant, text in files.items() if not _valid(text)]
        if self.foreign or not wrong:
            return self.foreign
        return f"Error in line 1 of {wrong[0]}.conf: unknown directive"

    def load(self, *, clears_pauses: bool) -> None:
        found = [one for text in self.files.values() for one in _VMTA.findall(text)]
        self.running = {
            name: Running(name, IpAddr(ip), host, rate) for name, ip, host, rate in found
        }
        if clears_pauses:
            self.still.clear()
            self.jobs.clear()


class FakeNode:
    """``faults`` befall the next applies and restores, one each, in order."""

    def __init__(
        self, *, takes_s: float = 30.0, answers_s: float = 1.0, reload_clears_pauses: bool = True
    ) -> None:
        self.takes_s = takes_s  # a rollout; its swap comes half-way
        self.answers_s = answers_s  # everything else
        self.reload_clears_pauses = reload_clears_pauses
        self.hosts: dict[NodeId, Host] = {}
        self.keys: dict[tuple[str, int], str] = {}  # of hosts that are asked for theirs
        self.faults: list[Fault] = []
        self.deaf = 0  # looks and read-backs that get no answer
        self.stubborn = 0  # pauses that are refused
        self.mute = 0  # pauses that are obeyed, but not answered
        self.done: list[tuple[float, NodeId, str]] = []  # loop time; "swap acme", "pause …", …

    def host(self, node: NodeId) -> Host:
        return self.hosts.setdefault(node, Host())

    def restart(self, node: NodeId) -> None:
        """Of PowerMTA: it reads its files, and knows of no pause."""
        host = self.host(node)
        host.load(clears_pauses=True)
        host.starts += 1

    async def host_key(self, host: str, port: int) -> str:
        await self._hear()
        if (host, port) not in self.keys:
            raise NodeSilent(f"no answer from {host}:{port}")
        return self.keys[host, port]

    async def apply(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        host, tenant = self.host(node), file.tenant
        async with host.turn:
            fault = await self._begin(host, fence)
            if not host.included:
                raise NodeRefused(f"{node}: add `include /etc/pmta/ee-main/*.conf`", "not_included")
            old = self._old(host, file, before)
            if host.error(but=tenant):
                raise NodeRefused(f"{node}: {host.error()}", "foreign")
            was = dict(host.running)
            self._swap(node, host, tenant, file.text)
            await self._load(node, host, file, fault, (old, was))

    async def restore(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        host, tenant = self.host(node), file.tenant
        async with host.turn:
            fault = await self._begin(host, fence)
            old = host.backups.get((tenant, before), file.text)
            if digest(old) != before:
                raise NodeRefused(f"{node}: no backup {before} of {tenant}")
            self._keep(host, tenant)
            self._swap(node, host, tenant, old)
            await self._load(node, host, file, fault, (old, dict(host.running)))

    async def read_back(self, node: NodeId, tenant: TenantId, vmtas: Sequence[str]) -> Found:
        await self._hear()
        host = self.host(node)
        running = tuple(host.running[one] for one in vmtas if one in host.running)
        return Found(digest(host.files.get(tenant, "")), running)

    async def lies(self, node: NodeId, tenant: TenantId) -> bytes | None:
        await self._hear()
        text = self.host(node).files.get(tenant)
        return None if text is None else text.encode()

    async def configuration(self, node: NodeId) -> dict[str, str]:
        await self._hear()
        host, folder = self.host(node), "/etc/pmta/ee-main"
        own = {f"{folder}/{tenant}.conf": text for tenant, text in sorted(host.files.items())}
        include = f"include {folder}/*.conf\n" if host.included else ""
        return {"/etc/pmta/config": f"{host.config}{include}"} | (own if host.included else {})

    async def pause(self, node: NodeId, vmta: str) -> None:
        await asyncio.sleep(self.answers_s)
        if self.stubborn:
            self.stubborn -= 1
            raise NodeRefused(f"{node}: the queues of {vmta} were not paused")
        self.host(node).still.add(vmta)
        self._note(node, f"pause {vmta}")
        if self.mute:
            self.mute -= 1
            raise NodeSilent(f"{node}: connection lost")

    async def resume(self, node: NodeId, vmta: str) -> None:
        await asyncio.sleep(self.answers_s)
        self.host(node).still.discard(vmta)
        self._note(node, f"resume {vmta}")

    async def pause_job(self, node: NodeId, job: str) -> None:
        await asyncio.sleep(self.answers_s)
        if self.stubborn:
            self.stubborn -= 1
            raise NodeRefused(f"{node}: job {job} was not paused")
        if not self.host(node).has_jobs:
            raise NodeRefused(f"{node}: this PowerMTA has no `pause job`", "lacking")
        self.host(node).jobs.add(job)
        self._note(node, f"pause job {job}")

    async def resume_job(self, node: NodeId, job: str) -> None:
        await asyncio.sleep(self.answers_s)
        self.host(node).jobs.discard(job)
        self._note(node, f"resume job {job}")

    async def dkim_public(self, node: NodeId, path: str) -> bytes:
        await self._hear()
        if path in self.host(node).private:
            return public_of(self.host(node).private[path])
        if path not in self.host(node).keys:
            raise NodeRefused(f"{node}: no private key can be read at {path}")
        return self.host(node).keys[path]

    async def lay_key(self, node: NodeId, name: str, private: bytes, *, fence: Fence) -> str:
        host = self.host(node)
        async with host.turn:
            fault = await self._begin(host, fence)
            if fault == "refuse":
                raise NodeRefused(f"{node}: disk full")
            host.private[path := f"/etc/pmta/ee-main/keys/{name}"] = private
            self._note(node, f"lay {name}")
            if fault:
                raise NodeSilent(f"{node}: connection lost")
        return path

    async def copy_key(self, node: NodeId, name: str, *, source: NodeId, fence: Fence) -> str:
        private = self.host(source).private.get(f"/etc/pmta/ee-main/keys/{name}")
        if private is None:
            raise NodeRefused(f"{source}: the key {name} does not lie there")
        return await self.lay_key(node, name, private, fence=fence)

    async def remove_key(self, node: NodeId, name: str, *, fence: Fence) -> None:
        host = self.host(node)
        async with host.turn:
            await self._begin(host, fence)
            host.private.pop(f"/etc/pmta/ee-main/keys/{name}", None)
            self._note(node, f"remove {name}")

    async def files(self, node: NodeId) -> dict[TenantId, str]:
        await self._hear()
        return {tenant: digest(text) for tenant, text in self.host(node).files.items() if text}

    async def look(self, node: NodeId) -> NodeStatus:
        await self._hear()
        host = self.host(node)
        if host.down:
            raise NodeRefused(f"{node}: PowerMTA does not say that it runs", "down")
        started = f"2026-01-05 08:00:{host.starts:02}"
        still = tuple(sorted(host.still))
        return NodeStatus(
            host.version,
            started,
            still,
            host.included,
            host.measures,
            host.depths,
            host.clock,
            host.fence,
        )

    async def _begin(self, host: Host, fence: Fence) -> Fault | None:
        fault = self.faults.pop(0) if self.faults else None
        await asyncio.sleep(FOREVER_S if fault == "hang" else self.takes_s / 2)
        if fault == "drop before":
            raise NodeSilent("connection lost")
        there = host.fence
        if there and there != fence and there.epoch >= fence.epoch:
            raise NodeRefused(f"epoch {there.epoch} of {there.holder} leads", "fenced")
        host.fence = fence
        return fault

    def _old(self, host: Host, file: NodeFile, before: str) -> str:
        tenant, current = file.tenant, host.files.get(file.tenant, "")
        if digest(current) == before:
            self._keep(host, tenant)
            return current
        if current and current == file.text and (not before or (tenant, before) in host.backups):
            return host.backups.get((tenant, before), "")
        raise NodeRefused(f"{tenant}.conf holds {digest(current)}, not {before}", "conflict")

    async def _load(
        self,
        node: NodeId,
        host: Host,
        file: NodeFile,
        fault: Fault | None,
        back: tuple[str, dict[str, Running]],
    ) -> None:
        if fault == "drop after upload":
            raise NodeSilent("connection lost")
        await asyncio.sleep(self.takes_s / 2)
        error = "Error: refused" if fault == "refuse" else host.error()
        if not error:
            host.load(clears_pauses=self.reload_clears_pauses)
            self._note(node, f"reload {file.tenant}")
            missing = [one for one in file.expect if host.running.get(one.vmta) != one]
            error = f"it does not run {missing}" if missing else ""
        if fault == "drop after":
            raise NodeSilent("connection lost")
        if error:
            self._swap(node, host, file.tenant, back[0])
            host.running = back[1]
            raise NodeRefused(f"{node}: {error}", "invalid")

    def _swap(self, node: NodeId, host: Host, tenant: TenantId, text: str) -> None:
        if text:
            host.files[tenant] = text
        else:
            host.files.pop(tenant, None)
        self._note(node, f"swap {tenant}")

    @staticmethod
    def _keep(host: Host, tenant: TenantId) -> None:
        text = host.files.get(tenant, "")
        if text:
            host.backups[tenant, digest(text)] = text

    async def _hear(self) -> None:
        await asyncio.sleep(self.answers_s)
        if self.deaf:
            self.deaf -= 1
            raise NodeSilent("no route to host")

    def _note(self, node: NodeId, what: str) -> None:
        self.done.append((asyncio.get_running_loop().time(), node, what))


def _valid(text: str) -> bool:
    """As far as the engine's own files go."""
    for known in (_REPLIES, _VMTA, _POOL, _LOGIN, _ACCOUNTING):
        text = known.sub("", text)
    return not text
