"""PowerMTA hosts over SSH: a tenant's file is swapped in under the node's lock, or not at all.

The order of steps is DESIGN §4's; whatever fails after the swap puts the old bytes back.  What
cannot be put back, or is not answered, is unknown, and only a look tells.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from msgspec.structs import replace

from engine.adapters import powermta_keys
from engine.adapters import powermta_measures as shown
from engine.adapters import powermta_text as text
from engine.adapters.powermta_command import Command
from engine.adapters.powermta_files import Desk, Place, read_config, read_fence
from engine.adapters.powermta_tree import collected
from engine.adapters.ssh import Held, Ssh, shown_key
from engine.ids import EngineId, NodeId, TenantId
from engine.ports import (
    Fence,
    Found,
    NodeFile,
    NodeRefused,
    NodeSilent,
    NodeStatus,
    NoSecrets,
    Secrets,
)
from engine.rules import midnights
from engine.rules.pmta_config.tenant_file import digest_of
from engine.values.vmta import Running

LOCK_WAIT_S = 30
LOCK_HOLD_S = 900  # longer than a rollout's deadline
LOADAVG, LOADAVG_MAX = "/proc/loadavg", 200  # bytes
DF_S = 5
PROBE = TenantId("tenant")  # any slug, to see whether files of tenants are included


class PmtaSsh:
    """ports.PmtaNode; files of other engines on the same nodes are never touched."""

    def __init__(self, ssh: Ssh, engine: EngineId, secrets: Secrets = NoSecrets()) -> None:  # noqa: B008
        self._ssh, self._engine, self._secrets = ssh, engine, secrets

    async def host_key(self, host: str, port: int) -> str:
        return await shown_key(host, port, self._ssh.egress)

    async def apply(self, node: NodeId, file: NodeFile, *, before: str, fence: Fence) -> None:
        data, tenant = file.text.encode() or None, file.tenant
        async with self._locked(node) as (held, desk, pmta):
            await desk.prepare()
            await desk.fence(fence)
            desk.included(tenant)
            old = await desk.old(tenant, before=before, planned=digest_of(data))
            tested = await pmta.test("foreign", goes=self._place(node).file(tenant))
            await desk.keep(tenant, old)
            with suppress(NodeRefused):  # what is too much is no reason against a rollout
                await desk.tidy(tenant, before)
            names = dict.fromkeys([*text.vmtas(old or b""), *(one.vmta for one in file.expect)])
            was = await pmta.running(list(names))
            await held.check()
            await desk.old(
                tenant, before=before, planned=digest_of(data)
            )  # an editor takes no lock
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
            if digest_of(old) != before:
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
                found = await Desk(place, files, self._secrets).read(tenant)
            return Found(digest_of(found), await Command(self._ssh, node).running(vmtas))
        except NodeRefused as no:
            raise NodeSilent(str(no)) from no

    async def lies(self, node: NodeId, tenant: TenantId) -> bytes | None:
        async with self._ssh.files(node) as files:
            return await Desk(self._place(node), files, self._secrets).read(tenant)

    async def files(self, node: NodeId) -> Mapping[TenantId, str]:
        async with self._ssh.files(node) as files:
            return await Desk(self._place(node), files, self._secrets).digests()

    async def configuration(self, node: NodeId) -> Mapping[str, str]:
        async with self._ssh.files(node) as files:
            return await collected(files, self._place(node).config)

    async def pause(self, node: NodeId, vmta: str) -> None:
        await Command(self._ssh, node).pause(vmta)

    async def resume(self, node: NodeId, vmta: str) -> None:
        await Command(self._ssh, node).resume(vmta)

    async def pause_job(self, node: NodeId, job: str) -> None:
        await Command(self._ssh, node).pause_job(job)

    async def resume_job(self, node: NodeId, job: str) -> None:
        await Command(self._ssh, node).resume_job(job)

    async def dkim_public(self, node: NodeId, path: str) -> bytes:
        return await powermta_keys.dkim_public(self._ssh, node, path)

    async def lay_key(self, node: NodeId, name: str, private: bytes, *, fence: Fence) -> str:
        async with self._locked(node) as (held, desk, _):
            await desk.prepare()
            await desk.fence(fence)
            await held.check()
            return await desk.lay_key(name, private)

    async def copy_key(self, node: NodeId, name: str, *, source: NodeId, fence: Fence) -> str:
        """The source's lock is not taken: a key there never changes, and is gone or whole."""
        async with self._ssh.files(source) as files:
            private = await files.read(self._place(source).key(name))
        if private is None:
            raise NodeRefused(f"{source}: the key {name} does not lie there")
        return await self.lay_key(node, name, private, fence=fence)

    async def remove_key(self, node: NodeId, name: str, *, fence: Fence) -> None:
        async with self._locked(node) as (held, desk, _):
            await desk.prepare()
            await desk.fence(fence)
            await held.check()
            await desk.remove_key(name)

    async def look(self, node: NodeId) -> NodeStatus:
        place, pmta = self._place(node), Command(self._ssh, node)
        (version, started), measures = await pmta.measured()
        paused, depths = await pmta.still(), await pmta.depths()
        async with self._ssh.files(node) as files:
            config = await read_config(place, files)
            fence = await read_fence(place, files)
            load = shown.load((await files.part(LOADAVG, 0, LOADAVG_MAX)).decode(errors="replace"))
        included = text.includes(config, place.file(PROBE), place.host.config_dir)
        disks = await self._disks(node, shown.places(config, place.host.config_dir))
        measures = replace(measures, load=load, disks=disks)
        clock = await self._clock(node)
        return NodeStatus(version, started, paused, included, measures, depths, clock, fence)

    async def _disks(self, node: NodeId, places: Sequence[str]) -> dict[str, int]:
        """A host that will not tell, or that hangs over it, is no silent node."""
        with suppress(NodeRefused, NodeSilent):
            said = await self._ssh.run(node, ["df", "-P", *places], limit=DF_S)
            return shown.disks(said.out)
        return {}

    async def _clock(self, node: NodeId) -> str:
        """PowerMTA counts by its host's local time (date(1), GNU)."""
        with suppress(NodeRefused, NodeSilent):
            said = (await self._ssh.run(node, ["date", "+%:z"], limit=DF_S)).out.strip()
            return said if midnights.is_offset(said) else ""
        return ""

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
            yield held, Desk(place, files, self._secrets), pmta


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
