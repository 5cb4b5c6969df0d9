"""The engine's own file on a node, which is no tenant's: written where something asks for it."""

from datetime import timedelta

import pytest

from engine.commands.host import WantNodeFile
from engine.commands.rollout import EndConflict, JudgeRollout, PlanRollout, ReportRollout
from engine.config import Accounting, Node
from engine.config import node_file as asked_for
from engine.deciders.host import DECIDER as HOST
from engine.deciders.rollout import DECIDER
from engine.deciders.rollout_state import State
from engine.effects import DeployOwn, ReadOwn, RestoreOwn
from engine.errors import Rejected
from engine.events.host import NodeFileWanted
from engine.events.rollout import (
    ConflictEnded,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
)
from engine.ids import EngineId, Position, TenantId
from engine.projections.node_files import NODE_FILES
from engine.projections.rollouts import ROLLOUTS
from engine.reactors.node_file import NODE_FILE
from engine.rules.pmta_config import node_file
from engine.rules.pmta_config.tenant_file import digest
from engine.values.authority import ENGINE, over_node
from engine.values.node_file import NodeOwn, OwnAccounting
from tests.support.spec import ACME, DAY_1, NODE, DeciderSpec, ReactorSpec, record
from tests.unit.test_pmta_config import parsed

FILE, HOSTS = DeciderSpec(DECIDER), DeciderSpec(HOST)
NOBODY = TenantId("")
OWN = NodeOwn(OwnAccounting("/var/log/pmta/ee-main.csv", "/var/log/pmta/ee"))
TEXT = node_file.made(OWN).text
WANTED = NodeFileWanted(node=NODE, own=OWN)
PLANNED = RolloutPlanned(node=NODE, vmtas={}, own=OWN, digest=digest(TEXT), before="")
DONE = RolloutEnded(node=NODE, ending="done")
LATER = DAY_1 + timedelta(minutes=1)


KEEPER = ReactorSpec(NODE_FILE, tenant=None)


def plan(own: NodeOwn = OWN) -> PlanRollout:
    return PlanRollout(node=NODE, tenant=NOBODY, vmtas={}, own=own)


def judge(found: str) -> JudgeRollout:
    return JudgeRollout(node=NODE, tenant=NOBODY, found=found, running=())


def deploy(cycle: int, attempt: int = 1, own: NodeOwn = OWN) -> DeployOwn:
    return DeployOwn(tenant=None, node=NODE, own=own, cycle=Position(cycle), attempt=attempt)


def test_it_holds_the_engines_accounting_and_powermta_reads_it_as_it_is_meant() -> None:
    assert TEXT.startswith(
        "<acct-file /var/log/pmta/ee-main.csv>\n"
        "  records d,b,t,tq,rb,f\n"
        "  record-fields d *,header_X-Campaign\n"
    )
    assert "  move-to /var/log/pmta/ee\n  move-interval 5m\n" in TEXT
    assert parsed(TEXT).seen == {"log-file", "spool", "acct-file"}
    assert node_file.made(NodeOwn()).text == ""


@pytest.mark.parametrize("path", ["/a b", "/a\n<source x>", "/a#b", '/a"b', "", "/a\u2028b"])
def test_a_path_that_powermta_would_read_otherwise_is_said_and_not_written(path: str) -> None:
    for one in (OwnAccounting(path, "/b"), OwnAccounting("/b", path)):
        made = node_file.made(NodeOwn(one))
        assert (made.text, made.wrong[:27]) == ("", "_node.conf cannot be writte")


def test_it_is_written_only_where_the_configuration_asks_for_it() -> None:
    def asked(accounting: Accounting | None) -> NodeOwn:
        table = Node(host="192.0.2.1", host_key="k", accounting=accounting)
        return asked_for(table, EngineId("main"))

    assert asked(None) == asked(Accounting(directory="/var/log/pmta/ee")) == NodeOwn()
    assert asked(Accounting(directory="/var/log/pmta/ee/", own=True)) == OWN
    given = Accounting(directory="/var/log/pmta/ee", own=True, file="/x/acct.csv")
    assert asked(given) == NodeOwn(OwnAccounting("/x/acct.csv", "/var/log/pmta/ee"))


def test_what_is_wanted_of_it_is_recorded_once() -> None:
    want = WantNodeFile(node=NODE, own=OWN)
    HOSTS.decides(given=[], when=WantNodeFile(node=NODE, own=NodeOwn()), then=[])
    HOSTS.decides(given=[], when=want, then=[WANTED])
    HOSTS.decides(given=[WANTED], when=want, then=[])
    nothing = NodeFileWanted(node=NODE, own=NodeOwn())
    HOSTS.decides(given=[WANTED], when=WantNodeFile(node=NODE, own=NodeOwn()), then=[nothing])


def test_it_is_planned_and_done_as_a_tenants_file_is() -> None:
    FILE.decides(given=[], when=plan(), then=[PLANNED])
    ran = ReportRollout(node=NODE, tenant=NOBODY, answer="ran")
    FILE.decides(given=[PLANNED], when=ran, then=[DONE])
    FILE.decides(
        given=[PLANNED],
        when=plan(),
        then=Rejected("a rollout of this file is open; its end is looked for first"),
    )
    gone = RolloutPlanned(node=NODE, vmtas={}, own=NodeOwn(), digest="", before=digest(TEXT))
    FILE.decides(given=[PLANNED, DONE], when=plan(NodeOwn()), then=[gone])


def test_what_cannot_be_written_ends_before_a_plan_is_open() -> None:
    bad = NodeOwn(OwnAccounting("/a b", "/c"))
    (ended,) = DECIDER.decide(DECIDER.initial, plan(bad), DAY_1)
    assert isinstance(ended, RolloutEnded)
    assert (ended.ending, ended.kind) == ("failed", "invalid")


def test_bytes_that_lie_there_are_never_taken_for_done() -> None:
    """Nothing that PowerMTA can be asked tells whether it read them."""
    (torn,) = DECIDER.decide(_state(), judge(digest(TEXT)), DAY_1)
    assert isinstance(torn, RolloutTorn)
    (failed,) = DECIDER.decide(_state(), judge(""), DAY_1)
    assert isinstance(failed, RolloutEnded)
    assert failed.ending == "failed"
    (theirs,) = DECIDER.decide(_state(), judge("ab" * 32), DAY_1)
    assert isinstance(theirs, RolloutEnded)
    assert theirs.ending == "conflict"


def _state() -> State:
    return DECIDER.evolve(DECIDER.initial, PLANNED)


def test_it_is_deployed_when_wanted_and_looked_at_when_in_doubt() -> None:
    KEEPER.asks(given=[WANTED], then=[deploy(1)])
    look = ReadOwn(tenant=None, node=NODE, cycle=Position(2))
    KEEPER.asks(given=[WANTED, PLANNED], then=[look])
    silent = RolloutUnknown(node=NODE, attempt=1, why="lost")
    KEEPER.asks(given=[WANTED, PLANNED, silent], then=[], wakes=LATER)
    torn = RolloutTorn(node=NODE, found="ab", why="lost")
    back = RestoreOwn(tenant=None, node=NODE, cycle=Position(3))
    KEEPER.asks(given=[WANTED, PLANNED, torn], then=[back])
    KEEPER.asks(given=[WANTED, PLANNED, DONE], then=[])
    failed = RolloutEnded(node=NODE, ending="failed", kind="node", why="no")
    KEEPER.asks(given=[WANTED, PLANNED, failed], then=[], wakes=LATER)
    KEEPER.asks(given=[WANTED, PLANNED, failed], at=LATER, then=[deploy(1, attempt=2)])


def test_what_is_wanted_no_longer_is_taken_away() -> None:
    nothing = NodeFileWanted(node=NODE, own=NodeOwn())
    KEEPER.asks(given=[WANTED, PLANNED, DONE, nothing], then=[deploy(4, own=NodeOwn())])
    KEEPER.asks(given=[WANTED, nothing], then=[])


def test_an_edit_of_somebodys_stops_it_until_a_person_says_what_becomes_of_it() -> None:
    theirs = RolloutEnded(node=NODE, ending="conflict", why="somebody")
    given = [WANTED, PLANNED, theirs]
    KEEPER.asks(given=given, then=[])
    adopt = ConflictEnded(node=NODE, end="adopt", found="cd", reason="fine")
    KEEPER.asks(given=[*given, adopt], then=[])
    overwrite = ConflictEnded(node=NODE, end="overwrite", found="cd", reason="no")
    KEEPER.asks(given=[*given, overwrite], then=[deploy(4)])
    assert KEEPER.view([*given, overwrite]).digest == "cd"
    end = EndConflict(node=NODE, tenant=NOBODY, end="adopt", found="cd", reason="fine")
    FILE.decides(given=[PLANNED, theirs], when=end, then=[adopt])


def test_it_concerns_the_node_and_no_tenant() -> None:
    assert deploy(1).concerns == (ENGINE, over_node(NODE))
    assert DECIDER.owner(plan(), [], ACME) is None
    for one in (PLANNED, DONE):
        assert ROLLOUTS.keys(record(1, one, tenant=None)) == ()
        assert NODE_FILES.keys(record(1, one)) == ()
