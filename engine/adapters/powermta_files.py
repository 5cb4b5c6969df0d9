"""What the engine keeps on a node: one file per tenant, their backups, and the fence.

<config_dir>/.ee-lock                          shared by all engines
<config_dir>/ee-<engine id>/<slug>.conf        included by the operator's configuration
<config_dir>/ee-<engine id>/.backup/<slug>-<digest>
<config_dir>/ee-<engine id>/keys/<name>.pem    DKIM keys that the engine made
<config_dir>/ee-<engine id>/.fence             who leads
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from engine.adapters import powermta_text as text
from engine.adapters.ssh_files import Files, Owner
from engine.events.host import HostRegistered
from engine.ids import EngineId, TenantId
from engine.ports import Fence, NodeRefused, Secrets
from engine.rules.pmta_config import passwords
from engine.rules.pmta_config.tenant_file import digest_of

BACKUPS_MAX = 10  # of one tenant; older versions are in the log
DIGEST = 64  # letters of one
_CONF, _NODE, _EMPTY = ".conf", "_node", "_empty.conf"
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*\.pem")


class Place(NamedTuple):
    """Where things lie on one node."""

    host: HostRegistered
    engine: EngineId

    @property
    def config(self) -> str:
        return f"{self.host.config_dir}/config"

    @property
    def lock(self) -> str:
        return f"{self.host.config_dir}/.ee-lock"

    @property
    def directory(self) -> str:
        return f"{self.host.config_dir}/ee-{self.engine}"

    @property
    def backups(self) -> str:
        return f"{self.directory}/.backup"

    def key(self, name: str) -> str:
        """Raises NodeRefused on what is no file's name."""
        if not _KEY.fullmatch(name):
            raise NodeRefused(f"{self.host.node}: {name!r} cannot be the name of a key")
        return f"{self.keys}/{name}"

    @property
    def keys(self) -> str:
        return f"{self.directory}/keys"

    @property
    def fence(self) -> str:
        return f"{self.directory}/.fence"

    def file(self, tenant: TenantId) -> str:
        """No slug begins with an underscore, so the node's own file is no tenant's."""
        return f"{self.directory}/{tenant or _NODE}{_CONF}"


class Desk:
    """The files of one node, while its lock is held.  Whoever reads and writes here sees the names
    of secrets; their texts are in the node's copy alone, and never in a backup.
    """

    def __init__(self, place: Place, files: Files, secrets: Secrets) -> None:
        self._place, self._files, self._secrets = place, files, secrets
        self._owner = Owner(0, 0)
        self._config = ""

    async def prepare(self) -> None:
        """Our directories, so readable as the operator's configuration is.  An empty file is put
        there first: whether PowerMTA minds a wildcard that matches nothing is not known.
        """
        place, files = self._place, self._files
        self._config = await read_config(place, files)
        self._owner = await files.owner(place.config)
        await files.make(place.directory, self._owner)
        await files.make(place.backups, self._owner)
        empty = f"{place.directory}/{_EMPTY}"
        if await files.read(empty) is None:
            await files.place(empty, b"# by email-engine: this directory is its own\n", self._owner)

    async def fence(self, ours: Fence) -> None:
        """A higher epoch, or another holder of the same, is somebody who leads instead of us."""
        place = self._place
        there = _fence(await self._files.read(place.fence), place.fence)
        if there and (there.epoch, there.holder) != ours and there.epoch >= ours.epoch:
            raise NodeRefused(
                f"{place.host.node}: {place.fence} says epoch {there.epoch} of {there.holder}, this"
                f" is epoch {ours.epoch} of {ours.holder}; another process leads this engine. After"
                f" a restore of the database: stop the engine, `email-engine node reclaim --epoch"
                f" {there.epoch} --config FILE`, start it",
                "fenced",
            )
        if there != ours:
            await self._files.place(place.fence, msgspec.json.encode(ours._asdict()), self._owner)

    def included(self, tenant: TenantId) -> None:
        place = self._place
        if not text.includes(self._config, place.file(tenant), place.host.config_dir):
            raise NodeRefused(
                f"{place.host.node}: {place.config} does not include the engine's files; add the"
                f" line `include {place.directory}/*.conf` there and run `pmta reload`",
                "not_included",
            )

    async def read(self, tenant: TenantId) -> bytes | None:
        data = await self._files.read(self._place.file(tenant))
        return None if data is None else passwords.emptied(data, self._texts)

    async def digests(self) -> dict[TenantId, str]:
        """Of all files there that tell PowerMTA something."""
        found: dict[TenantId, str] = {}
        if not await self._files.is_directory(self._place.directory):
            return found
        for _, name, _ in await self._files.sized(self._place.directory):
            slug, conf, rest = name.rpartition(_CONF)
            if conf and not rest and name != _EMPTY:
                tenant = TenantId("" if slug == _NODE else slug)
                found[tenant] = digest_of(await self.read(tenant))
        return {tenant: digest for tenant, digest in found.items() if digest}

    def _texts(self, login: str) -> Mapping[str, str]:
        return self._secrets.of(login).texts

    async def old(self, tenant: TenantId, *, before: str, planned: str) -> bytes | None:
        """What shall come back if the new file fails.  The new bytes may be there already, from a
        call whose answer was lost; anything else was written by somebody else.
        """
        current = await self.read(tenant)
        if digest_of(current) == before:
            return current
        if current is not None and digest_of(current) == planned:
            kept = await self.backup(tenant, before)
            if kept is not None or not before:
                return kept
        place = self._place
        raise NodeRefused(
            f"{place.host.node}: {place.file(tenant)} holds {digest_of(current) or 'nothing'}, not"
            f" {before or 'nothing'} as the engine left it; somebody edited it. Nothing was"
            " changed: adopt the edit, or overwrite it",
            "conflict",
        )

    async def keep(self, tenant: TenantId, data: bytes | None) -> None:
        if data is not None and await self.backup(tenant, digest_of(data)) is None:
            await self._files.place(self._backup(tenant, digest_of(data)), data, self._owner)

    async def backup(self, tenant: TenantId, wanted: str) -> bytes | None:
        """Only if it is whole."""
        data = await self._files.read(self._backup(tenant, wanted)) if wanted else None
        return data if digest_of(data) == wanted else None

    async def put(self, tenant: TenantId, data: bytes | None) -> None:
        if data is None:
            await self._files.remove(self._place.file(tenant))
        else:
            await self._files.place(self._place.file(tenant), self._filled(data), self._owner)

    def _filled(self, data: bytes) -> bytes:
        try:
            text = passwords.filled(data.decode(errors="surrogateescape"), self._secrets.text)
        except LookupError as missing:
            raise NodeRefused(
                f"{self._place.host.node}: {missing}; nothing was written"
            ) from missing
        return text.encode(errors="surrogateescape")

    async def lay_key(self, name: str, private: bytes) -> str:
        path = self._place.key(name)
        await self._files.make(self._place.keys, self._owner)
        await self._files.place(path, private, self._owner)
        return path

    async def remove_key(self, name: str) -> None:
        await self._files.remove(self._place.key(name))

    async def tidy(self, tenant: TenantId, keep: str) -> None:
        """Backups beyond the newest few are removed, never the one named ``keep``."""
        place, start = self._place, f"{tenant or '_node'}-"
        names = [
            name
            for _, name in await self._files.listed(place.backups)
            if name.startswith(start) and len(name) == len(start) + DIGEST and name != start + keep
        ]
        for name in names[: 1 - BACKUPS_MAX]:
            await self._files.remove(f"{place.backups}/{name}")

    def _backup(self, tenant: TenantId, which: str) -> str:
        return f"{self._place.backups}/{tenant or '_node'}-{which}"


async def read_fence(place: Place, files: Files) -> Fence | None:
    """None also where it is no fence: whoever is to write there is refused."""
    with suppress(NodeRefused):
        return _fence(await files.read(place.fence), place.fence)
    return None


async def read_config(place: Place, files: Files) -> str:
    found = await files.read(place.config)
    if found is None:
        raise NodeRefused(
            f"{place.host.node}: there is no {place.config}; register the node with the directory"
            " in which PowerMTA's `config` lies"
        )
    return found.decode(errors="replace")


def _fence(data: bytes | None, path: str) -> Fence | None:
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=_Fence).fence()
    except msgspec.MsgspecError as bad:
        raise NodeRefused(
            f"{path} is no fence ({bad}); see who wrote it, then remove it",
            "fenced",
        ) from bad


class _Fence(msgspec.Struct, frozen=True):
    epoch: int
    holder: str

    def fence(self) -> Fence:
        return Fence(self.epoch, self.holder)
