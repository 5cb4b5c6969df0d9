"""The repository of configurations, read by git itself."""

import asyncio
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dulwich.repo import Repo

from engine.adapters.git import GitHistory
from engine.ids import NodeId, TenantId
from engine.ports import Deployed, NotKept
from tests.support.needs import need

pytestmark = pytest.mark.real
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FIRST, SECOND = "<virtual-mta acme--a>\n</virtual-mta>\n", "# nothing\n"


def deployed(
    version: int = 1, text: str = FIRST, node: str = "pmta-1", tenant: str = "acme"
) -> Deployed:
    return Deployed(
        node=NodeId(node),
        tenant=TenantId(tenant),
        version=version,
        text=text,
        at=AT,
        trailers=(("Engine", "main"), ("Log-Head", "7 abcd")),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "config.git"


def git(path: Path, *words: str) -> str:
    asked = [need("git", "git"), f"--git-dir={path}", *words]
    return subprocess.run(asked, check=True, capture_output=True, text=True, timeout=30).stdout


def exists(path: Path) -> bool:
    return path.exists()


def mode(path: Path) -> int:
    return path.stat().st_mode


def in_the_way(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("a file where the repository shall be")


async def test_the_nodes_own_file_stands_beside_those_of_tenants(path: Path) -> None:
    history = GitHistory(path)
    await history.commit(deployed())
    name = await history.commit(deployed(text="# own\n", tenant=""))
    assert name == await history.commit(deployed(text="# own\n", tenant=""))
    listed = git(path, "ls-tree", "-r", "--name-only", "main").split()
    assert listed == ["pmta-1/_node.conf", "pmta-1/acme.conf"]
    assert git(path, "show", "pmta-1/_node/v1:pmta-1/_node.conf") == "# own\n"


async def test_each_version_is_a_commit_that_git_reads(path: Path) -> None:
    history = GitHistory(path)
    first = await history.commit(deployed())
    second = await history.commit(deployed(2, SECOND))
    assert git(path, "log", "--format=%H").split() == [second, first]
    assert git(path, "show", f"{first}:pmta-1/acme.conf") == FIRST
    assert git(path, "show", "main:pmta-1/acme.conf") == SECOND
    assert git(path, "rev-parse", "pmta-1/acme/v1").strip() == first
    git(path, "fsck", "--strict")


async def test_the_log_reads_as_the_history_of_the_fleet(path: Path) -> None:
    history = GitHistory(path)
    await history.commit(deployed())
    await history.commit(deployed(tenant="rival"))
    await history.commit(deployed(node="pmta-2"))
    titles = git(path, "log", "--reverse", "--format=%s").splitlines()
    assert titles == ["pmta-1/acme version 1", "pmta-1/rival version 1", "pmta-2/acme version 1"]
    assert git(path, "ls-tree", "-r", "--name-only", "main").split() == [
        "pmta-1/acme.conf", "pmta-1/rival.conf", "pmta-2/acme.conf",
    ]  # fmt: skip
    said = git(
        path, "log", "-1", "--format=%(trailers:key=Log-Head,valueonly)%an %ad", "--date=iso"
    )
    assert said.split() == ["7", "abcd", "email-engine", "2026-01-05", "09:00:00", "+0000"]


async def test_the_same_version_is_committed_once(path: Path) -> None:
    first = await GitHistory(path).commit(deployed())
    assert await GitHistory(path).commit(deployed()) == first
    await GitHistory(path).commit(deployed(2, SECOND))
    assert await GitHistory(path).commit(deployed()) == first
    assert len(git(path, "log", "--format=%H").split()) == 2


async def test_a_crash_between_commit_and_tag_leaves_one_commit(path: Path) -> None:
    first = await GitHistory(path).commit(deployed())
    with Repo(str(path)) as repo:
        del repo.refs[b"refs/tags/pmta-1/acme/v1"]  # type: ignore[arg-type]
    assert await GitHistory(path).commit(deployed()) == first
    assert git(path, "rev-parse", "pmta-1/acme/v1").strip() == first
    assert len(git(path, "log", "--format=%H").split()) == 1


async def test_a_restored_logs_version_is_another_one_and_its_tag_says_which_runs(
    path: Path,
) -> None:
    history = GitHistory(path)
    lost = deployed()._replace(trailers=(("Event", "a"), ("Log-Head", "9 ab")))
    anew = deployed(text=SECOND)._replace(trailers=(("Event", "b"), ("Log-Head", "7 cd")))
    first = await history.commit(lost)
    second = await history.commit(anew)
    assert await history.commit(anew._replace(trailers=(("Event", "b"), ("Log-Head", "8 ef"))))
    assert git(path, "log", "--format=%H").split() == [second, first]
    assert git(path, "show", "pmta-1/acme/v1:pmta-1/acme.conf") == SECOND


async def test_the_newest_commit_tells_where_the_log_ended(path: Path) -> None:
    history = GitHistory(path)
    assert await history.head() is None
    assert not exists(path), "nothing is made by looking"
    await history.commit(deployed())
    await history.commit(deployed(2)._replace(trailers=(("Log-Head", "12 ef"),)))
    assert await history.head() == (12, "ef")
    await history.commit(deployed(3)._replace(trailers=()))
    assert await history.head() is None


async def test_two_nodes_at_once_lose_nothing(path: Path) -> None:
    history = GitHistory(path)
    nodes = [f"pmta-{n}" for n in range(8)]
    await asyncio.gather(*(history.commit(deployed(node=one)) for one in nodes))
    assert len(git(path, "ls-tree", "-r", "--name-only", "main").split()) == 8
    git(path, "fsck", "--strict")


async def test_a_file_that_is_gone_is_gone_there_too(path: Path) -> None:
    history = GitHistory(path)
    await history.commit(deployed())
    await history.commit(deployed(tenant="rival"))
    await history.commit(deployed(2, ""))
    assert git(path, "ls-tree", "-r", "--name-only", "main").split() == ["pmta-1/rival.conf"]


@pytest.mark.parametrize("name", ["..", "a/b", "", ".git", "a..b", "x.lock", "a\n", "a b", "-x:"])
async def test_a_name_that_is_no_part_of_a_path_is_refused(path: Path, name: str) -> None:
    with pytest.raises(NotKept, match="cannot be a path"):
        await GitHistory(path).commit(deployed(node=name))
    assert not exists(path)


async def test_what_cannot_be_written_is_told_with_its_place(path: Path) -> None:
    in_the_way(path)
    with pytest.raises(NotKept, match=r"config\.git"):
        await GitHistory(path).commit(deployed())


async def test_only_the_engines_user_reads_it(path: Path) -> None:
    await GitHistory(path).commit(deployed())
    assert mode(path) & 0o077 == 0
