"""A file takes its place when it is whole, and says which disk did not take it."""

import errno
import os
from pathlib import Path

import pytest

from engine.errors import StartRefused
from engine.store.export import written


def test_a_disk_that_is_full_is_named_by_the_file_and_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_text("old")
    why = rf"cannot write {path}: {os.strerror(errno.ENOSPC)}"
    with pytest.raises(StartRefused, match=why), written(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("log.gz", "old")]


def test_a_folder_that_is_not_there_is_named_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "log.gz"
    with pytest.raises(StartRefused, match=f"cannot write {path}: No such file"), written(path):
        raise AssertionError("there is no file to write into")


@pytest.mark.parametrize("lost", [ConnectionResetError("by peer"), TimeoutError("too slow")])
def test_a_connection_that_is_lost_meanwhile_is_no_trouble_of_the_disk(
    lost: Exception, tmp_path: Path
) -> None:
    with pytest.raises(type(lost)), written(tmp_path / "log.gz"):
        raise lost
    assert not list(tmp_path.iterdir())
