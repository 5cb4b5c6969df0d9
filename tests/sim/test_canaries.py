"""Secrets are planted in a whole world, and nothing that it writes or says holds one."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from dulwich.repo import Repo

from engine.adapters.git import GitHistory
from engine.api.keys import BITS, make_key
from engine.commands.domain import RegisterDomain
from engine.commands.domain_key import AskKey
from engine.commands.key import IssueKey
from engine.commands.tenant import CreateTenant
from engine.rules.pmta_config import tenant_file
from tests.sim.test_config_history import Kept
from tests.support.domain_samples import SETUP
from tests.support.spec import ACME, IP, NODE, PSBL, day
from tests.support.world import World, virtually

PASSWORD = "canary-smtp-xyzzy"
DOMAIN = "acme.example"


async def lived() -> tuple[World, list[str]]:
    """A fortnight with a listing; what was planted, in all its forms."""
    world = World()
    world.history = kept = Kept()
    login = tenant_file.vmta(ACME, IP)
    world.secrets.kept[login] = {login: PASSWORD}
    world.restart()
    await world.let("act")
    await world.register_node()
    create = CreateTenant(slug=ACME, name="A", brand_domain=DOMAIN, sending_domain_base=DOMAIN)
    await world.ask(create)
    key = make_key(hashlib.sha512(b"canary").digest()[: BITS // 8])
    issue = IssueKey(key=key.id, digest=key.digest, scopes=("read",), owner=ACME)
    await world.ask(issue)
    await world.warm_up()
    await world.ask(RegisterDomain(domain=DOMAIN, setup=SETUP))
    await world.ask(AskKey(domain=DOMAIN, nodes=(NODE,)))
    await world.run(day(3))
    world.lists.list(IP, PSBL)
    await world.run(day(5))
    private = [one.decode(errors="replace") for one in world.node.host(NODE).private.values()]
    assert private, "a key of DKIM lies on the node"
    inner = [line for text in private for line in text.splitlines() if "-----" not in line and line]
    assert kept is world.history
    secret = key.text.rpartition("_")[2]
    return world, [PASSWORD, key.text, secret, *inner]


def repository(world: World, folder: Path) -> str:
    """All objects of one on the disk that holds what this world gave away."""

    async def committed() -> None:
        history = GitHistory(folder)
        for version in vars(world.history)["versions"]:
            await history.commit(version)

    asyncio.run(committed())
    with Repo(str(folder)) as repo:
        objects = [repo[name].as_raw_string() for name in repo.object_store]
    files = [one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    return b"\n".join([*objects, *files]).decode(errors="replace")


def written(world: World, folder: Path) -> dict[str, str]:
    """All that outlives the process, and all that people were told."""
    database = world.log.database
    return {
        "log": str(database.entries),
        "views": str(database.rows),
        "images": str(world.images.shelf),
        "messages": str(world.messenger.messages),
        "git": repository(world, folder),
        "memory": str([view for view in map(vars, [world.last.views])]),
    }


def test_no_secret_is_in_log_views_images_messages_git_or_output(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    world, planted = virtually(lived)
    assert len(planted) == 4
    places = written(world, tmp_path / "config.git") | {"output": "".join(capfd.readouterr())}
    assert "acme--203-0-113-7" in places["git"], "its login was rendered"
    found = {(place, one) for place, text in places.items() for one in planted if one in text}
    assert found == set()
