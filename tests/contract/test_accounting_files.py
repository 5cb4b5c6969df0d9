"""Accounting files over SFTP and in a local directory: the same to whoever reads them."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.adapters.accounting import NodeAccounting
from engine.adapters.ssh import Ssh
from engine.ids import NodeId
from engine.ports import AccountingFile, NodeRefused
from engine.values.traffic import Source
from tests.support.spec import NODE


class Place(NamedTuple):
    files: NodeAccounting
    directory: Path

    def write(self, name: str, data: bytes, changed: int = 1_000) -> None:
        path = self.directory / name
        path.write_bytes(data)
        path.chmod(0o644)
        os.utime(path, (changed, changed))


@pytest.fixture(params=["local", pytest.param("openssh", marks=pytest.mark.real)])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.param == "local":
        ssh = Ssh(lambda _: None, tmp_path / "no-key")
        yield Place(NodeAccounting({NODE: Source(directory=str(tmp_path), local=True)}, ssh),
                    tmp_path)  # fmt: skip
        return
    node = request.getfixturevalue("real_node")
    directory = Path(node.config_dir).parent / "acct"
    directory.mkdir()
    if os.getuid() == 0:
        host = node.registered(NODE)
        shutil.chown(directory, host.user, host.user)
    ssh = Ssh(node.registered, node.client_key)
    yield Place(NodeAccounting({NODE: Source(directory=str(directory))}, ssh), directory)
    await ssh.close()


async def test_files_are_listed_oldest_first_with_their_sizes(place: Place) -> None:
    place.write("acct-2.csv", b"abc", 1_000)
    place.write("acct-1.csv", b"abcdef", 2_000)
    assert await place.files.listed(NODE) == (
        AccountingFile("acct-2.csv", 3, 1_000),
        AccountingFile("acct-1.csv", 6, 2_000),
    )


async def test_directories_and_other_files_are_not_shown(place: Place) -> None:
    (place.directory / "old.csv").mkdir()
    place.write("acct.csv.tmp", b"x")
    assert await place.files.listed(NODE) == ()


async def test_a_file_that_somebody_compressed_is_shown_for_it_must_be_told(place: Place) -> None:
    place.write("acct-1.csv.gz", b"x", 1_000)
    assert [one.name for one in await place.files.listed(NODE)] == ["acct-1.csv.gz"]


async def test_a_part_is_read_from_its_offset_and_no_more_than_asked(place: Place) -> None:
    data = bytes(range(256)) * 4_096
    place.write("acct-1.csv", data)
    assert await place.files.read(NODE, "acct-1.csv", 7, 500_000) == data[7:500_007]
    assert await place.files.read(NODE, "acct-1.csv", len(data) - 3, 100) == data[-3:]
    assert await place.files.read(NODE, "acct-1.csv", len(data), 100) == b""


async def test_a_file_that_is_gone_reads_as_nothing_and_is_removed_in_peace(place: Place) -> None:
    assert await place.files.read(NODE, "gone.csv", 0, 10) == b""
    await place.files.remove(NODE, "gone.csv")


async def test_a_removed_file_is_not_listed(place: Place) -> None:
    place.write("acct-1.csv", b"abc")
    await place.files.remove(NODE, "acct-1.csv")
    assert await place.files.listed(NODE) == ()


@pytest.mark.parametrize("name", ["../secret.csv", "a/b.csv", "..", ""])
async def test_no_name_leads_out_of_the_directory(place: Place, name: str) -> None:
    for refused in (place.files.read(NODE, name, 0, 1), place.files.remove(NODE, name)):
        with pytest.raises(NodeRefused, match="no accounting file's name"):
            await refused


async def test_a_directory_that_is_not_there_is_refused_by_name(place: Place) -> None:
    place.directory.rmdir()
    with pytest.raises(NodeRefused, match=str(place.directory.name)):
        await place.files.listed(NODE)


async def test_a_node_without_a_source_is_refused(place: Place) -> None:
    with pytest.raises(NodeRefused, match="has no accounting files"):
        await place.files.listed(NodeId("other"))
