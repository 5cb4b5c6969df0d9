"""The lock that all engines share on a node: what is asked of the host, and for how long."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.adapters.powermta import LOCK_HOLD_S, PmtaSsh
from engine.adapters.ssh import Ssh
from engine.events.host import HostRegistered
from engine.ids import EngineId, NodeId
from engine.ports import Fence, NodeFile, NodeSilent
from engine.runtime.perform.file_steps import DEPLOY_S
from tests.support.spec import ACME, NODE

HOST = HostRegistered(
    node=NODE,
    host="192.0.2.1",
    port=22,
    user="u",
    host_key="ssh-ed25519 AAAA",
    config_dir="/etc/pmta",
    pmta="/usr/sbin/pmta",
)


@pytest.mark.parametrize("engine", ["main", "acme"])
async def test_every_engine_takes_the_same_lock_which_its_end_or_a_limit_frees(
    monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    asked: list[str] = []

    @asynccontextmanager
    async def process(_: Ssh, __: NodeId, command: str) -> AsyncIterator[None]:
        asked.append(command)
        raise NodeSilent("no line there")
        yield

    monkeypatch.setattr(Ssh, "_process", process)
    hands = PmtaSsh(Ssh(lambda _: HOST, Path("/nowhere")), EngineId(engine))
    file = NodeFile(tenant=ACME, text="", expect=())
    with pytest.raises(NodeSilent):
        await hands.apply(NODE, file, before="", fence=Fence(1, "x"))
    assert asked == ["flock -w 30 /etc/pmta/.ee-lock timeout 900 cat"]


def test_the_lock_outlasts_every_rollout() -> None:
    assert DEPLOY_S == 600
    assert LOCK_HOLD_S > DEPLOY_S
