"""Connections to nodes: one each, reused, and only to the host key that was registered.

The one place that imports asyncssh.  Whatever goes wrong leaves here as NodeRefused (the node said
no, or was never asked) or NodeSilent (nobody knows).
"""

import asyncio
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

import asyncssh

from engine.events.host import HostRegistered
from engine.ids import NodeId
from engine.ports import NodeRefused, NodeSilent

Session = TypeVar("Session")
CONNECT_S = 5
LOGIN_S = 10
KEEPALIVE_S = 10  # three unanswered ones end a connection
SESSIONS = 8  # at once; OpenSSH allows ten on a connection, and lets go of them late
KILL_S = 2  # between asking a remote command to end and ending it
GRACE_S = 5  # beyond a remote command's own limit, for its answer to arrive
TIMED_OUT = (124, 137)  # what timeout(1) answers for a command that it had to end
RSA = ("rsa-sha2-512", "rsa-sha2-256")
KEYS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")
LOCK_TAKEN = 1  # what flock(1) answers when it has waited long enough
FILE_MODE, DIRECTORY_MODE = 0o640, 0o750


class Answer(NamedTuple):
    """What a remote command said."""

    rc: int
    out: str
    err: str


class Owner(NamedTuple):
    uid: int
    gid: int


class Ssh:
    """``host`` looks a node up as it is registered now; ``key`` is the engine's private key."""

    def __init__(self, host: Callable[[NodeId], HostRegistered | None], key: Path) -> None:
        self._host = host
        self._key = key
        self._links: dict[NodeId, _Link] = {}

    def host(self, node: NodeId) -> HostRegistered:
        """As it is registered now; raises NodeRefused."""
        found = self._host(node)
        if found is None:
            raise NodeRefused(f"node {node} is not registered; register its host and key first")
        return found

    async def run(self, node: NodeId, words: Sequence[str], *, limit: int) -> Answer:
        """One command, each word quoted, that ends after ``limit`` seconds even without us."""
        timed = shlex.join(["timeout", "-k", str(KILL_S), str(limit), *words])
        async with self._process(node, f"exec {timed}") as process:
            process.stdin.write_eof()
            async with asyncio.timeout(limit + KILL_S + GRACE_S):
                out, err = await process.communicate()
        rc = process.exit_status
        if rc is None or rc < 0 or rc in TIMED_OUT:
            what = f"had to be ended after {limit} s" if rc in TIMED_OUT else "gave no answer"
            raise NodeSilent(f"{node}: `{shlex.join(words)}` {what}; only a look tells its effect")
        return Answer(rc, str(out), str(err))

    @asynccontextmanager
    async def hold(
        self, node: NodeId, lock: str, *, wait_s: int, limit_s: int
    ) -> AsyncIterator["Held"]:
        """The lock file, held by a channel: its end, or ``limit_s``, frees it."""
        words = ["flock", "-w", str(wait_s), lock, "timeout", str(limit_s), "cat"]
        async with self._process(node, shlex.join(words)) as process:
            held = Held(node, lock, process)
            async with asyncio.timeout(wait_s + GRACE_S):
                await held.check()
            yield held
            await held.free()

    @asynccontextmanager
    async def files(self, node: NodeId) -> AsyncIterator["Files"]:
        """For one piece of work: an SFTP session kept for later might be dead by then."""
        link = self._link(node)
        async with link.sessions:
            with _silence(link.host):
                sftp = await link.open(lambda connection: connection.start_sftp_client())
            try:
                yield Files(link.host, sftp)
            finally:
                sftp.exit()
                with suppress(TimeoutError):  # until then the host counts it as a session
                    async with asyncio.timeout(GRACE_S):
                        await sftp.wait_closed()

    async def close(self) -> None:
        links, self._links = self._links, {}
        for link in links.values():
            await link.close()

    def _link(self, node: NodeId) -> "_Link":
        """A changed registration ends the connection that was made under the old one."""
        host = self.host(node)
        link = self._links.get(node)
        if link is None or link.host != host:
            if link is not None:
                link.abort()
            link = self._links[node] = _Link(host, self._key)
        return link

    @asynccontextmanager
    async def _process(
        self, node: NodeId, command: str
    ) -> AsyncIterator["asyncssh.SSHClientProcess[str]"]:
        """Whatever the end was, the channel is closed, and what still runs there is asked to end:
        ``exec`` and the lock's ``cat`` see to it that nothing is left between us and it.
        """
        link = self._link(node)
        async with link.sessions:
            with _silence(link.host):
                process = await link.open(
                    lambda connection: connection.create_process(command, errors="replace")
                )
                try:
                    yield process
                finally:
                    with suppress(OSError):  # it has ended
                        process.terminate()
                    process.close()


class Held:
    """A lock on a node, as long as ``cat`` there answers us."""

    def __init__(self, node: NodeId, lock: str, process: "asyncssh.SSHClientProcess[str]") -> None:
        self._node, self._lock, self._process = node, lock, process

    async def check(self) -> None:
        """Raises NodeRefused if the lock is not ours (any more)."""
        process = self._process
        with suppress(BrokenPipeError):  # it has ended; what it said is read below
            process.stdin.write("held\n")
        if await process.stdout.readline() == "held\n":
            return
        said = (await process.stderr.read()).strip()
        await process.wait_closed()
        if process.exit_status is None:
            raise NodeSilent(f"{self._node}: the connection was lost while waiting for a lock")
        ended = said or f"it was let go ({process.exit_status})"
        why = "another rollout holds it" if process.exit_status == LOCK_TAKEN else ended
        raise NodeRefused(f"{self._node}: the lock {self._lock} is not ours: {why}")

    async def free(self) -> None:
        with suppress(TimeoutError, BrokenPipeError):
            self._process.stdin.write_eof()
            async with asyncio.timeout(GRACE_S):
                await self._process.wait_closed()


class Files:
    """Files of one node, over SFTP."""

    def __init__(self, host: HostRegistered, sftp: asyncssh.SFTPClient) -> None:
        self._host, self._sftp = host, sftp

    async def read(self, path: str) -> bytes | None:
        """None: there is no such file."""
        with self._asked("read", path), suppress(asyncssh.SFTPNoSuchFile):
            async with self._sftp.open(path, "rb") as file:
                return cast(bytes, await file.read())
        return None

    async def owner(self, path: str) -> Owner:
        with self._asked("look at", path):
            found = await self._sftp.stat(path)
        return Owner(found.uid or 0, found.gid or 0)

    async def listed(self, path: str) -> list[tuple[int, str]]:
        """Files and when they were written, in seconds since 1970 by the node's clock."""
        with self._asked("list", path):
            found = await self._sftp.readdir(path)
        return sorted((one.attrs.mtime or 0, str(one.filename)) for one in found)

    async def sized(self, path: str) -> list[tuple[int, str, int]]:
        """Regular files: when each was last written, its name, and its bytes."""
        with self._asked("list", path):
            found = await self._sftp.readdir(path)
        return [
            (one.attrs.mtime or 0, str(one.filename), one.attrs.size or 0)
            for one in found
            if one.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR
        ]

    async def part(self, path: str, start: int, most: int) -> bytes:
        """At most so many bytes from there; b"" at the end, or where there is no such file."""
        with self._asked("read", path), suppress(asyncssh.SFTPNoSuchFile):
            async with self._sftp.open(path, "rb") as file:
                return cast(bytes, await file.read(most, start))
        return b""

    async def place(self, path: str, data: bytes, like: Owner) -> None:
        """Written beside, to the disk, then renamed: nobody ever reads half of it."""
        beside = f"{path}.new"
        await self.remove(beside)  # of an attempt that was cut off
        with self._asked("write", path):
            private = asyncssh.SFTPAttrs(permissions=0o600)
            async with self._sftp.open(beside, "xb", attrs=private) as file:
                await file.write(data)
                await file.fsync()
            await self._give(beside, FILE_MODE, like)
            await self._sftp.posix_rename(beside, path)

    async def make(self, path: str, like: Owner) -> None:
        """A directory, unless it is there."""
        with self._asked("make", path):
            if not await self._sftp.isdir(path):
                await self._sftp.mkdir(path)
                await self._give(path, DIRECTORY_MODE, like)

    async def remove(self, path: str) -> None:
        with self._asked("remove", path), suppress(asyncssh.SFTPNoSuchFile):
            await self._sftp.remove(path)

    async def _give(self, path: str, mode: int, like: Owner) -> None:
        """Mode, and owner and group as far as we may."""
        mine = await self._sftp.stat(path)
        for uid in (like.uid, mine.uid):
            with suppress(asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure):
                await self._sftp.setstat(path, asyncssh.SFTPAttrs(uid=uid, gid=like.gid))
                break
        await self._sftp.setstat(path, asyncssh.SFTPAttrs(permissions=mode))

    @contextmanager
    def _asked(self, what: str, path: str) -> Iterator[None]:
        host = self._host
        try:
            with _silence(host):
                yield
        except asyncssh.SFTPError as no:
            why = no.reason or type(no).__name__
            raise NodeRefused(
                f"{host.node}: {host.user} could not {what} {path}: {why};"
                f" see to owner, group and free space there"
            ) from no


class _Link:
    """The connection to one host as it was registered; made when it is first needed."""

    def __init__(self, host: HostRegistered, key: Path) -> None:
        self.host = host
        self.sessions = asyncio.Semaphore(SESSIONS)
        self._key = key
        self._turn = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None

    async def open(
        self, session: Callable[[asyncssh.SSHClientConnection], Awaitable[Session]]
    ) -> Session:
        """A host counts sessions that we left until their commands end, so "no more" may pass."""
        for wait in (0.1, 0.3, 1.0):
            connection = await self.connection()
            try:
                return await session(connection)
            except asyncssh.ChannelOpenError:
                if not connection.is_closed():
                    await asyncio.sleep(wait)
        return await session(await self.connection())

    async def connection(self) -> asyncssh.SSHClientConnection:
        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                self._connection = await _connect(self.host, self._key)
            return self._connection

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await self._connection.wait_closed()
                return
            self._connection.abort()

    def abort(self) -> None:
        if self._connection is not None:
            self._connection.abort()


class _Witness(asyncssh.SSHClient):
    """Is asked about a host key that is not the registered one; says no, and remembers it."""

    found = ""

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        self.found = key.get_fingerprint()
        return False


async def _connect(host: HostRegistered, key: Path) -> asyncssh.SSHClientConnection:
    """Reads no ~/.ssh, asks no agent, tries nothing but the engine's key."""
    pinned, witness = _pinned(host), _Witness()
    try:
        connection, _ = await asyncssh.create_connection(
            lambda: witness,
            host.host,
            host.port,
            username=host.user,
            client_keys=[_own(key)],
            known_hosts=([pinned], [], []),
            server_host_key_algs=_algorithms(pinned.get_algorithm()),
            config=None,
            agent_path=None,
            gss_host=None,
            preferred_auth="publickey",
            connect_timeout=CONNECT_S,
            login_timeout=LOGIN_S,
            keepalive_interval=KEEPALIVE_S,
            keepalive_count_max=3,
        )
    except asyncssh.HostKeyNotVerifiable as wrong:
        raise NodeRefused(_wrong_key(host, pinned.get_fingerprint(), witness.found)) from wrong
    except asyncssh.KeyExchangeFailed as odd:
        raise NodeRefused(
            f"{host.node}: {host.host} and the engine have no way in common to speak: {odd};"
            " its sshd_config (KexAlgorithms, Ciphers, HostKeyAlgorithms) may be too narrow"
        ) from odd
    except asyncssh.PermissionDenied as no:
        raise NodeRefused(
            f"{host.node}: {host.host} does not let {host.user} in with the engine's key {key};"
            f" add {key.name}'s public part to {host.user}'s authorized_keys there"
        ) from no
    return connection


def _algorithms(registered: str) -> list[str]:
    """The registered key's kind first: a host has several.  The others only so that a host without
    that kind shows which key it has.
    """
    own = RSA if registered == "ssh-rsa" else (registered,)
    return [*own, *(one for one in (*KEYS, *RSA) if one not in own)]


def _wrong_key(host: HostRegistered, expected: str, found: str) -> str:
    return (
        f"{host.node}: {host.host} port {host.port} shows the host key"
        f" {found}, registered is {expected}; nothing was sent. Find out who"
        f" answers there; if the key was changed on purpose, register the node with the new one"
    )


def _pinned(host: HostRegistered) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(host.host_key)
    except asyncssh.KeyImportError as bad:
        raise NodeRefused(
            f"{host.node}: its registered host key {host.host_key[:40]!r} is none ({bad});"
            " register it with a line as `ssh-keyscan` prints it, without the name"
        ) from bad


def _own(key: Path) -> asyncssh.SSHKey:
    try:
        return asyncssh.read_private_key(key)
    except (OSError, asyncssh.KeyImportError) as bad:
        raise NodeRefused(f"the engine's SSH key {key} cannot be read: {bad}") from bad


@contextmanager
def _silence(host: HostRegistered) -> Iterator[None]:
    """What SFTP answers is an answer; all other trouble is none."""
    try:
        yield
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as lost:
        raise NodeSilent(f"{host.node}: the connection was lost: {lost}") from lost
    except asyncssh.SFTPError:
        raise
    except (OSError, asyncssh.Error, TimeoutError) as lost:
        what = str(lost) or type(lost).__name__
        raise NodeSilent(f"{host.node}: no answer from {host.host}:{host.port}: {what}") from lost
