"""Two engines share a node: one lock, a directory each, and the reloads of both."""

import asyncio
from pathlib import Path

import pytest

from engine.adapters.powermta import PmtaSsh
from engine.effects import Effect, HoldQueues, LookAtNode
from engine.events import Event
from engine.events.node import NodeLooked, QueuesPaused
from engine.ids import EngineId, IpAddr, Position, TenantId
from engine.ports import Fence, NodeFile, NodeStatus
from engine.reactors.node_pauses import node_pauses
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.tenant_file import digest
from engine.values.levers import Levers, PerDay
from engine.values.tuning import Tuning
from tests.support.node_bench import SshBench
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL, ReactorSpec, vmta

MAIN, TWO = Fence(2, "the leader of main"), Fence(9, "the leader of two")
VMTA, THEIRS = tenant_file.vmta(ACME, IP), tenant_file.vmta(RIVAL, OTHER)
STOPPED: list[Event] = [stage(1), stopped(), QueuesPaused(node=NODE, ip=IP, cycle=Position(2))]


@pytest.fixture(name="bench")
def with_both_lines(bench: SshBench) -> SshBench:
    """Of engine main; the operator has written both include lines."""
    config = bench.node.config.read_text()
    bench.node.config.write_text(config + config.splitlines()[-1].replace("ee-main", "ee-two"))
    return bench


@pytest.fixture
def two(bench: SshBench) -> PmtaSsh:
    return PmtaSsh(bench.ssh, EngineId("two"))


def file(tenant: TenantId, ip: IpAddr, cap: int) -> NodeFile:
    vmtas = {ip: vmta(Levers("open", PerDay(cap)))}
    return NodeFile(
        tenant=tenant,
        text=tenant_file.render(tenant, vmtas),
        expect=tenant_file.expected(tenant, vmtas),
    )


def lying(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All that is in it: bytes, and when they were written."""
    return {
        str(one.relative_to(folder)): (one.read_bytes(), one.stat().st_mtime_ns)
        for one in folder.rglob("*")
        if one.is_file()
    }


def made_of(events: list[Event], looks: list[NodeStatus]) -> list[Effect]:
    """What an engine with these events does about what it sees."""
    shown: list[Event] = [
        NodeLooked(node=NODE, paused=one.paused, started=one.started) for one in looks
    ]
    wanted = ReactorSpec(node_pauses(Tuning())).effects([*events, *shown])
    return [one for one in wanted if not isinstance(one, LookAtNode)]


async def test_neither_touches_a_file_of_the_other_and_both_run(
    bench: SshBench, two: PmtaSsh
) -> None:
    ours, theirs = (
        [file(ACME, IP, n) for n in (50, 200)],
        [file(RIVAL, OTHER, n) for n in (50, 200)],
    )
    await asyncio.gather(
        bench.pmta.apply(NODE, ours[0], before="", fence=MAIN),
        two.apply(NODE, theirs[0], before="", fence=TWO),
    )
    here, there = bench.path(""), bench.path("").with_name("ee-two")
    before = lying(there)
    await bench.pmta.apply(NODE, ours[1], before=digest(ours[0].text), fence=MAIN)
    assert lying(there) == before
    before = lying(here)
    await two.apply(NODE, theirs[1], before=digest(theirs[0].text), fence=TWO)
    assert lying(here) == before
    for engine, tenant, name, one in (
        (bench.pmta, ACME, VMTA, ours[1]),
        (two, RIVAL, THEIRS, theirs[1]),
    ):
        found = await engine.read_back(NODE, tenant, [name])
        assert found == (digest(one.text), one.expect)
    assert (await two.read_back(NODE, ACME, [])).digest == "", "it knows no file of the other"


@pytest.mark.parametrize("bench", ["demo"], indirect=True)
async def test_a_pause_that_the_others_reload_cleared_is_made_again_by_its_own_engine_alone(
    bench: SshBench, two: PmtaSsh
) -> None:
    bench.let_reload_clear_pauses(True)
    await bench.pmta.apply(NODE, file(ACME, IP, 50), before="", fence=MAIN)
    bench.waiting(VMTA)
    await bench.pmta.pause(NODE, VMTA)
    looks = [await bench.pmta.look(NODE)]
    assert looks[0].paused == (VMTA,)
    assert (made_of(STOPPED, looks), made_of([], [await two.look(NODE)])) == ([], [])

    await two.apply(NODE, file(RIVAL, OTHER, 50), before="", fence=TWO)
    looks.append(await bench.pmta.look(NODE))
    assert looks[1].paused == ()
    (again,) = made_of(STOPPED, looks)
    assert isinstance(again, HoldQueues)
    assert (again.ips, again.tenant) == ((IP,), ACME)
    await bench.pmta.pause(NODE, VMTA)
    assert (await two.look(NODE)).paused == (VMTA,)
    assert made_of([], [await two.look(NODE)]) == [], "the other lets a pause alone"
