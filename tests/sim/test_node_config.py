"""What a node is told beside VMTAs: who may log in, and the file that is no tenant's."""

from datetime import timedelta

import pytest

from engine.commands.host import WantNodeFile
from engine.commands.tenant import CreateTenant
from engine.events.effect import EffectWithheld
from engine.events.engine import LoginsLooked
from engine.events.rollout import RolloutEnded
from engine.ids import TenantId
from engine.ports import Deployed
from engine.projections.node_files import NODE_FILES
from engine.rules.pmta_config import node_file, tenant_file
from engine.values.node_file import NodeOwn, OwnAccounting
from engine.values.tuning import Tuning
from tests.support.spec import ACME, DAY_1, IP, NODE, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim
OWN = NodeOwn(OwnAccounting("/var/log/pmta/ee-main.csv", "/var/log/pmta/ee"))
TEXT = node_file.made(OWN).text
NOBODY = TenantId("")
QUIET = Tuning(
    node_look_every=timedelta(hours=1), list_look_sooner=timedelta(hours=4), passwords=True
)
SOON = DAY_1 + timedelta(minutes=20)


async def a_world() -> World:
    world = World(tuning=QUIET)
    await world.register_node()
    return world


def test_the_nodes_own_file_is_laid_there_and_taken_away_again() -> None:
    async def story() -> None:
        world = await a_world()
        await world.let("act", "engine", f"node-{NODE}")
        await world.ask(WantNodeFile(node=NODE, own=OWN), None)
        await world.run(SOON)
        assert world.node.host(NODE).files == {NOBODY: TEXT}
        assert world.last.views.get(NODE_FILES, NODE).state == "told"
        await world.ask(WantNodeFile(node=NODE, own=NodeOwn()), None)
        await world.run(SOON + timedelta(minutes=5))
        assert world.node.host(NODE).files.get(NOBODY, "") == ""

    virtually(story)


class Kept:
    """ports.ConfigHistory, in memory."""

    def __init__(self) -> None:
        self.versions: list[Deployed] = []

    async def commit(self, deployed: Deployed) -> str:
        self.versions.append(deployed)
        return f"{len(self.versions):040x}"

    async def head(self) -> None:
        """It outlives no world."""


class KeepingWorld(World):
    def __init__(self) -> None:
        self.kept = self.history = Kept()
        super().__init__(tuning=QUIET)


def test_its_versions_are_kept_in_git_as_tenants_are() -> None:
    async def story() -> None:
        world = KeepingWorld()
        await world.register_node()
        await world.let("act", "engine", f"node-{NODE}")
        await world.ask(WantNodeFile(node=NODE, own=OWN), None)
        await world.run(SOON, restarts=[DAY_1 + timedelta(seconds=30)])
        await world.ask(WantNodeFile(node=NODE, own=NodeOwn()), None)
        await world.run(SOON + timedelta(minutes=5))
        kept = [(one.tenant, one.version, one.text) for one in world.kept.versions]
        assert kept == [(NOBODY, 1, TEXT), (NOBODY, 2, "")]
        view = world.last.views.get(NODE_FILES, NODE)
        assert (view.version, view.committed) == (2, 2)

    virtually(story)


def test_a_node_that_is_only_observed_keeps_what_it_has() -> None:
    async def story() -> None:
        world = await a_world()
        await world.let("act", "engine")
        await world.ask(WantNodeFile(node=NODE, own=OWN), None)
        await world.run(SOON)
        assert world.node.host(NODE).files == {}
        withheld = await world.happened(EffectWithheld)
        assert "rollout.deploy_own" in {one.effect for one in withheld}

    virtually(story)


@pytest.mark.parametrize("fault", ["drop before", "drop after upload", "drop after"])
def test_an_answer_that_was_lost_ends_with_the_file_and_never_by_belief(fault: str) -> None:
    async def story() -> None:
        world = await a_world()
        await world.let("act", "engine", f"node-{NODE}")
        world.node.faults.append(fault)  # type: ignore[arg-type]
        await world.ask(WantNodeFile(node=NODE, own=OWN), None)
        await world.run(DAY_1 + timedelta(hours=1))
        assert world.node.host(NODE).files == {NOBODY: TEXT}
        assert world.last.views.get(NODE_FILES, NODE).state == "told"
        ends = [one.ending for one in await world.happened(RolloutEnded)]
        assert ends == ["failed", "done"]

    virtually(story)


def test_a_password_that_is_put_there_lets_mailwizz_log_in_within_a_quarter_of_an_hour() -> None:
    async def story() -> None:
        world = await a_world()
        await world.ask(
            CreateTenant(slug=ACME, name="A", brand_domain="a.test", sending_domain_base="b.test")
        )
        await world.let("act")
        await world.warm_up()
        await world.run(day(2))
        assert "<virtual-mta " in world.node.host(NODE).files[ACME]
        assert "smtp-user" not in world.node.host(NODE).files[ACME]
        name = tenant_file.vmta(ACME, IP)
        world.secrets.kept[name] = {name: "a-password"}
        world.restart()
        await world.run(day(2) + timedelta(minutes=20))
        assert f"  password {{secret:{name}}}\n" in world.node.host(NODE).files[ACME]
        looked = [one.changed for one in await world.happened(LoginsLooked) if one.changed]
        assert [bool(one[IP].secret) for one in looked] == [False, True]
        assert "a-password" not in str(await world.story())

    virtually(story)
