"""PowerMTA hosts over SSH: a tenant's file is swapped in under the node's lock, or not at all.

The order of steps is DESIGN §4's; whatever fails after the swap puts the old bytes back.  What
cannot be put back, or is not answered, is unknown, and only a look tells.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from engine.adapters import powermta_keys
from engine.adapters import powermta_text as text
from engine.adapters.powermta_command import Command
from engine.adapters.powermta_files import Desk, Place, digest, read_config
from engine.adapters.ssh import Held, Ssh
from engine.ids import EngineId, NodeId, TenantId
from engine.ports import Fence, Found, NodeFile, NodeRefused, NodeSilent, NodeStatus
from engine.values.vmta import Running

LOCK_WAIT_S = 30
LOCK_HOLD_S = 900  # longer than a rollout's deadline
PROBE = TenantId("tenant")  # any slug, to see whether files of tenants are included


class PmtaSsh:
    """ports.PmtaNode; files of other engines on the same nodes are never touched."""

    def __init__(self, ssh: Ssh, engine: EngineId) -> None:
        self._ssh, self._engine = ssh, engine

    async def apply(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        data, tenant = file.text.encode() or None, file.tenant
        async with self._locked(node) as (held, desk, pmta):
            await desk.prepare()
            await desk.fence(fence)
            desk.included(tenant)
            old = await desk.old(tenant, before=before, planned=digest(data))
            tested = await pmta.test("foreign", goes=self._place(node).file(tenant))
            await desk.keep(tenant, old)
            with suppress(NodeRefused):  # what is too much is no reason against a rollout
                await desk.tidy(tenant, before)
            names = dict.fromkeys([*text.vmtas(old or b""), *(one.vmta for one in file.expect)])
            was = await pmta.running(list(names))
            await held.check()
            swap = _Swap(self._place(node).file(tenant), desk, pmta)
            await swap.there(file, data, tested=tested, back=_Back(tenant, old, tuple(names), was))

    async def restore(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        """The bytes that are taken away are kept as a backup too."""
        tenant = file.tenant
        async with self._locked(node) as (held, desk, pmta):
            await desk.prepare()
            await desk.fence(fence)
            old = await desk.backup(tenant, before)
            if old is None and before:
                old = file.text.encode()
            if digest(old) != before:
                raise NodeRefused(f"{node}: there is no backup {before} of {tenant} to put back")
            await desk.keep(tenant, await desk.read(tenant))
            await held.check()
            await desk.put(tenant, old)
            await pmta.reload(self._place(node).file(tenant), tested=False)
            await _verify(node, pmta, file.expect)

    async def read_back(self, node: NodeId, tenant: TenantId, vmtas: Sequence[str]) -> Found:
        """A node that will not be asked has not answered."""
        try:
            place = self._place(node)
            async with self._ssh.files(node) as files:
                found = await files.read(place.file(tenant))
            return Found(digest(found), await Command(self._ssh, node).running(vmtas))
        except NodeRefused as no:
            raise NodeSilent(str(no)) from no

    async def lies(self, node: NodeId, tenant: TenantId) -> bytes | None:
        async with self._ssh.files(node) as files:
            return await files.read(self._place(node).file(tenant))

    async def pause(self, node: NodeId, vmta: str) -> None:
        await Command(self._ssh, node).pause(vmta)

    async def resume(self, node: NodeId, vmta: str) -> None:
        await Command(self._ssh, node).resume(vmta)

    async def dkim_public(self, node: NodeId, path: str) -> bytes:
        return await powermta_keys.dkim_public(self._ssh, node, path)

    async def look(self, node: NodeId) -> NodeStatus:
        place, pmta = self._place(node), Command(self._ssh, node)
        version, started = await pmta.status()
        paused = await pmta.still()
        async with self._ssh.files(node) as files:
            config = await read_config(place, files)
        included = text.includes(config, place.file(PROBE), place.host.config_dir)
        return NodeStatus(version, started, paused, included)

    def _place(self, node: NodeId) -> Place:
        return Place(self._ssh.host(node), self._engine)

    @asynccontextmanager
    async def _locked(self, node: NodeId) -> AsyncIterator[tuple[Held, Desk, Command]]:
        place = self._place(node)
        pmta = Command(self._ssh, node)
        async with (
            self._ssh.hold(node, place.lock, wait_s=LOCK_WAIT_S, limit_s=LOCK_HOLD_S) as held,
            self._ssh.files(node) as files,
        ):
            yield held, Desk(place, files), pmta


class _Back(NamedTuple):
    """How the node was before the swap."""

    tenant: TenantId
    data: bytes | None
    vmtas: tuple[str, ...]
    running: tuple[Running, ...]


class _Swap(NamedTuple):
    """From the first byte that changes to what runs, there or back again."""

    path: str
    desk: Desk
    pmta: Command

    async def there(self, file: NodeFile, data: bytes | None, *, tested: bool, back: _Back) -> None:
        node, reloading = self.pmta.node, False
        try:
            await self.desk.put(file.tenant, data)
            if tested:
                await self.pmta.test("invalid")
            reloading = True
            await self.pmta.reload(self.path, tested=tested)
            await _verify(node, self.pmta, file.expect)
        except NodeRefused as refusal:
            await self._back(back, refusal, reloading=reloading)
            raise

    async def _back(self, back: _Back, refusal: NodeRefused, *, reloading: bool) -> None:
        """Raises NodeSilent unless the node holds and runs what it did before."""
        try:
            if await self.desk.read(back.tenant) != back.data:
                await self.desk.put(back.tenant, back.data)
            await self._load_again(refusal, reloading=reloading)
            now = await self.pmta.running(back.vmtas)
        except NodeRefused as no:
            raise NodeSilent(f"{refusal}; putting the old file back failed too: {no}") from no
        if now != back.running:
            runs = "; ".join(f"{one.vmta} is {_said(one)}" for one in now)
            raise NodeSilent(f"{refusal}; the old file is back, but not all of it runs: {runs}")

    async def _load_again(self, refusal: NodeRefused, *, reloading: bool) -> None:
        """PowerMTA keeps what it runs when a reload fails; so where none was begun, or it failed
        over the same line as now, the old configuration never stopped running.
        """
        try:
            await self.pmta.reload(self.path, tested=False)
        except NodeRefused as no:
            same = str(no) == str(refusal) and no.kind != "node"
            if reloading and not same:
                raise


async def _verify(node: NodeId, pmta: Command, expect: Sequence[Running]) -> None:
    found = {one.vmta: one for one in await pmta.running([one.vmta for one in expect])}
    wrong = [
        f"{one.vmta} shall be {_said(one)}, is {_said(found.get(one.vmta))}"
        for one in expect
        if found.get(one.vmta) != one
    ]
    if wrong:
        raise NodeRefused(f"{node}: loaded, but PowerMTA does not run it: {'; '.join(wrong)}")


def _said(one: Running | None) -> str:
    return f"{one.ip} {one.hostname} {one.rate or 'without limit'}" if one else "not defined"
