"""Files of a tenant that are laid on a node, and what runs there then."""

from engine.ports import Fence, NodeFile
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.tenant_file import digest
from engine.values.levers import Levers, PerDay
from tests.support.node_bench import SshBench
from tests.support.spec import ACME, IP, NODE, vmta

LEADER = Fence(2, "leader")
VMTA = tenant_file.vmta(ACME, IP)


def file(cap: int) -> NodeFile:
    vmtas = {IP: vmta(Levers("open", PerDay(cap)))}
    text, expect = tenant_file.render(ACME, vmtas), tenant_file.expected(ACME, vmtas)
    return NodeFile(tenant=ACME, text=text, expect=expect)


FIRST, SECOND = file(50), file(200)
BROKEN = NodeFile(
    tenant=ACME, text="<virtual-mta acme--x>\n  weight 3\n</virtual-mta>\n", expect=()
)


async def first(bench: SshBench) -> None:
    await bench.pmta.apply(NODE, FIRST, before="", fence=LEADER)


async def second(bench: SshBench, new: NodeFile = SECOND) -> None:
    await bench.pmta.apply(NODE, new, before=digest(FIRST.text), fence=LEADER)


async def runs_the_first(bench: SshBench) -> bool:
    found = await bench.pmta.read_back(NODE, ACME, [VMTA])
    return found == (digest(FIRST.text), FIRST.expect)
