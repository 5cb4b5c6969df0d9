"""Accounting files of nodes: over SFTP, or in a directory of this machine."""

import asyncio
import stat
from collections.abc import Mapping
from pathlib import Path

from engine.adapters.ssh import Ssh
from engine.ids import NodeId
from engine.ports import AccountingFile, NodeRefused
from engine.values.traffic import Source

# Files that somebody compressed cannot be read, and so must be told.
SHOWN = (".csv", ".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zst")


class NodeAccounting:
    """``ssh`` is asked for those that lie on their node."""

    def __init__(self, sources: Mapping[NodeId, Source], ssh: Ssh) -> None:
        self._sources, self._ssh = sources, ssh

    async def listed(self, node: NodeId) -> tuple[AccountingFile, ...]:
        source = self._source(node)
        if source.local:
            return await asyncio.to_thread(_listed, Path(source.directory))
        async with self._ssh.files(node) as files:
            found = await files.sized(source.directory)
        return _ordered([AccountingFile(name, size, changed) for changed, name, size in found])

    async def read(self, node: NodeId, name: str, start: int, most: int) -> bytes:
        source = self._source(node)
        path = _path(source, name)
        if source.local:
            return await asyncio.to_thread(_read, Path(path), start, most)
        async with self._ssh.files(node) as files:
            return await files.part(path, start, most)

    async def remove(self, node: NodeId, name: str) -> None:
        source = self._source(node)
        if source.local:
            await asyncio.to_thread(_remove, Path(_path(source, name)))
            return
        async with self._ssh.files(node) as files:
            await files.remove(_path(source, name))

    def _source(self, node: NodeId) -> Source:
        if node not in self._sources:
            raise NodeRefused(f"node {node} has no accounting files: [nodes.{node}] accounting")
        return self._sources[node]


def _path(source: Source, name: str) -> str:
    """Of a file in that directory and in no other."""
    if "/" in name or name in ("", ".", ".."):
        raise NodeRefused(f"{name!r} is no accounting file's name")
    return f"{source.directory}/{name}"


def _ordered(found: list[AccountingFile]) -> tuple[AccountingFile, ...]:
    shown = [one for one in found if one.name.endswith(SHOWN)]
    return tuple(sorted(shown, key=lambda one: (one.changed, one.name)))


def _listed(directory: Path) -> tuple[AccountingFile, ...]:
    try:
        found = [(path.name, path.stat()) for path in directory.iterdir()]
    except OSError as wrong:
        raise NodeRefused(f"{directory} cannot be listed: {wrong.strerror}") from wrong
    regular = [(name, one) for name, one in found if stat.S_ISREG(one.st_mode)]
    return _ordered([AccountingFile(name, one.st_size, one.st_mtime) for name, one in regular])


def _read(path: Path, start: int, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(most)
    except FileNotFoundError:
        return b""
    except OSError as wrong:
        raise NodeRefused(f"{path} cannot be read: {wrong.strerror}") from wrong


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as wrong:
        raise NodeRefused(f"{path} cannot be removed: {wrong.strerror}") from wrong
