"""One workbench for every implementation of ports.PmtaNode: what a test may do to the node."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, Protocol

import pytest

from engine.adapters.powermta import PmtaSsh
from engine.adapters.ssh import Ssh
from engine.demo.node import DemoNode
from engine.demo.pmta import Pmta
from engine.events.host import HostRegistered
from engine.ids import EngineId, TenantId
from engine.ports import Fence, PmtaNode
from engine.values.node import Depth
from tests.support.fake_node import FakeNode, Fault
from tests.support.spec import NODE
from tests.support.sshd import RealNode

OVER_SSH = ["demo", pytest.param("openssh", marks=pytest.mark.real)]
EACH = ["fake", *OVER_SSH]
FOREIGN = "no-such-directive yes\n"
Trouble = Literal["drop before", "drop after upload", "drop after", "refuse", "hang"]


class Bench(Protocol):
    """A node, and hands on it that go past the engine."""

    @property
    def pmta(self) -> PmtaNode: ...

    def edit(self, tenant: TenantId, text: str) -> None:
        """By hand; PowerMTA is not told."""

    def text(self, tenant: TenantId) -> str | None:
        """What lies there."""

    def reload(self) -> None:
        """By somebody else."""

    def restart(self) -> None:
        """Of PowerMTA."""

    def spoil(self) -> None:
        """An error in the operator's own part of the configuration."""

    def uninclude(self) -> None: ...

    def lead(self, fence: Fence) -> None:
        """Somebody else leads this engine."""

    def waiting(self, vmta: str) -> None:
        """Mail waits in one of its queues."""

    def let_reload_clear_pauses(self, so: bool) -> None: ...

    def held_jobs(self) -> set[str]: ...

    def without_jobs(self) -> None:
        """It knows no `pause job`."""

    def trouble(self, what: Trouble) -> None:
        """With the next rollout."""

    def put(self, name: str, text: str, public: bytes | None) -> str:
        """A file of the operator's, readable by the engine's user; returns its path.  ``public``:
        of the private key that it holds, if it holds one.
        """


class FakeBench:
    def __init__(self) -> None:
        self.pmta = self._fake = FakeNode(takes_s=0.02, reload_clears_pauses=False)
        self._fake.answers_s = 0.001
        self._host = self._fake.host(NODE)

    def edit(self, tenant: TenantId, text: str) -> None:
        self._host.files[tenant] = text

    def text(self, tenant: TenantId) -> str | None:
        return self._host.files.get(tenant)

    def reload(self) -> None:
        self._host.load(clears_pauses=self._fake.reload_clears_pauses)

    def restart(self) -> None:
        self._fake.restart(NODE)

    def spoil(self) -> None:
        self._host.foreign = "Error in line 1 of /etc/pmta/config: unknown directive"

    def uninclude(self) -> None:
        self._host.included = False

    def lead(self, fence: Fence) -> None:
        self._host.fence = fence

    def waiting(self, vmta: str) -> None:
        self._host.queues.add(vmta)
        self._host.depths = {**(self._host.depths or {}), vmta: Depth(waiting=5, kb=0.1)}

    def let_reload_clear_pauses(self, so: bool) -> None:
        self._fake.reload_clears_pauses = so

    def held_jobs(self) -> set[str]:
        return self._host.jobs

    def without_jobs(self) -> None:
        self._host.has_jobs = False

    def trouble(self, what: Fault) -> None:
        self._fake.faults.append(what)

    def put(self, name: str, text: str, public: bytes | None) -> str:
        path = f"/etc/pmta/{name}"
        if public is not None:
            self._host.keys[path] = public
        return path


class SshBench:
    """The driver, and a stand-in behind an SSH server."""

    def __init__(self, node: DemoNode | RealNode, config_dir: Path) -> None:
        self.node, self._directory = node, config_dir
        self.host: HostRegistered | None = node.registered(NODE)
        self.ssh = Ssh(lambda asked: self.host if asked == NODE else None, node.client_key)
        self.pmta = PmtaSsh(self.ssh, EngineId("main"))

    @property
    def stand_in(self) -> Pmta:
        return self.node.pmta

    def path(self, name: str) -> Path:
        """Of one of the engine's files."""
        return self._directory / "ee-main" / name

    def edit(self, tenant: TenantId, text: str) -> None:
        path = self.path(f"{tenant}.conf")
        if not path.parent.exists():
            path.parent.mkdir()
            owner = self._directory.stat()
            os.chown(path.parent, owner.st_uid, owner.st_gid)
        path.write_text(text)

    def text(self, tenant: TenantId) -> str | None:
        path = self.path(f"{tenant}.conf")
        return path.read_text() if path.exists() else None

    def put(self, name: str, text: str, public: bytes | None) -> str:
        path = self._directory / name
        path.touch(mode=0o600)
        path.write_text(text)
        owner = self._directory.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
        return f"/{path.relative_to(self.node.root)}"

    def reload(self) -> None:
        assert self.stand_in.run(["reload"]).out == "Configuration reloaded.\n"

    def restart(self) -> None:
        self.stand_in.start()

    def spoil(self) -> None:
        config = self.node.config.read_text()
        self.node.config.write_text(FOREIGN + config)

    def uninclude(self) -> None:
        lines = self.node.config.read_text().splitlines(keepends=True)
        self.node.config.write_text("".join(line for line in lines if "include" not in line))

    def lead(self, fence: Fence) -> None:
        self.path(".fence").write_text(json.dumps(fence._asdict()))

    def waiting(self, vmta: str) -> None:
        self.stand_in.enqueue(f"gmail.com/{vmta}", 5)

    def let_reload_clear_pauses(self, so: bool) -> None:
        self.stand_in.set(reload_clears_pauses=so)

    def held_jobs(self) -> set[str]:
        return set(self.stand_in.peek()["jobs"])

    def without_jobs(self) -> None:
        self.stand_in.fault("pause job", "refuse", text="Unknown command: pause job spring")

    def trouble(self, what: Trouble) -> None:
        """The second test of a rollout is the one after the upload."""
        match what:
            case "drop before":
                self.stand_in.fault("test config", "drop before")
            case "drop after upload":
                self.stand_in.fault("test config", "drop before", skip=1)
            case "drop after":
                self.stand_in.fault("reload", "drop")
            case "refuse":
                self.stand_in.fault("reload", "refuse")
            case "hang":
                self.stand_in.fault("test config", "hang")


@asynccontextmanager
async def demo_bench(directory: Path) -> AsyncIterator[SshBench]:
    node = DemoNode(directory)
    await node.start()
    bench = SshBench(node, node.config.parent)
    yield bench
    await bench.ssh.close()
    await node.stop()


@asynccontextmanager
async def real_bench(node: RealNode) -> AsyncIterator[SshBench]:
    bench = SshBench(node, node.config.parent)
    yield bench
    await bench.ssh.close()


@asynccontextmanager
async def ssh_bench_of(request: pytest.FixtureRequest) -> AsyncIterator[SshBench]:
    """``request``: of a fixture whose parameters are OVER_SSH."""
    demo = request.param == "demo"
    node = request.getfixturevalue("tmp_path" if demo else "real_node")
    async with demo_bench(node) if demo else real_bench(node) as bench:
        yield bench


@asynccontextmanager
async def bench_of(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """``request``: of a fixture whose parameters are EACH."""
    if request.param == "fake":
        yield FakeBench()
        return
    async with ssh_bench_of(request) as bench:
        yield bench
