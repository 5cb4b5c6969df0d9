"""Connections to nodes: one each, reused, and only to the host key that was registered.

With ssh_files the one place that imports asyncssh.  Whatever goes wrong leaves here as NodeRefused
(the node said no, or was never asked) or NodeSilent (nobody knows).
"""

import asyncio
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

import asyncssh

from engine.adapters import ssh_keys
from engine.adapters.egress import GUARDED, Egress
from engine.adapters.ssh_files import Files, silence
from engine.adapters.ssh_keys import KEYS, RSA
from engine.events.host import HostRegistered
from engine.ids import NodeId
from engine.ports import NodeRefused, NodeSilent

Session = TypeVar("Session")
Look: TypeAlias = Callable[[NodeId], HostRegistered | None]
CONNECT_S = 5
LOGIN_S = 10
KEEPALIVE_S = 10  # three unanswered ones end a connection
SESSIONS = 8  # at once; OpenSSH allows ten on a connection, and lets go of them late
KILL_S = 2  # between asking a remote command to end and ending it
GRACE_S = 5  # beyond a remote command's own limit, for its answer to arrive
TIMED_OUT = (124, 137)  # what timeout(1) answers for a command that it had to end
LOCK_TAKEN = 1  # what flock(1) answers when it has waited long enough


class Answer(NamedTuple):
    """What a remote command said."""

    rc: int
    out: str
    err: str


class Ssh:
    """``host`` looks a node up as it is registered now; ``key`` is the engine's private key."""

    def __init__(self, host: Look, key: Path, egress: Egress = GUARDED) -> None:
        self._host, self._key, self.egress = host, key, egress
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
    async def files(self, node: NodeId) -> AsyncIterator[Files]:
        """For one piece of work: an SFTP session kept for later might be dead by then."""
        link = self._link(node)
        async with link.sessions:
            with silence(link.host):
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
            link = self._links[node] = _Link(host, self._key, self.egress)
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
            with silence(link.host):
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


class _Link:
    """The connection to one host as it was registered; made when it is first needed."""

    def __init__(self, host: HostRegistered, key: Path, egress: Egress) -> None:
        self.host = host
        self.sessions = asyncio.Semaphore(SESSIONS)
        self._key, self._egress = key, egress
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
                self._connection = await _connect(self.host, self._key, self._egress)
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


async def _connect(host: HostRegistered, key: Path, egress: Egress) -> asyncssh.SSHClientConnection:
    """Reads no ~/.ssh, asks no agent, tries nothing but the engine's key."""
    pinned, witness = _pinned(host), _Witness()
    try:
        connection, _ = await asyncssh.create_connection(
            lambda: witness,
            host.host,
            username=host.user,
            client_keys=[_own(key)],
            known_hosts=([pinned], [], []),
            server_host_key_algs=ssh_keys.algorithms(pinned.get_algorithm()),
            config=None,
            agent_path=None,
            gss_host=None,
            preferred_auth="publickey",
            connect_timeout=CONNECT_S,
            login_timeout=LOGIN_S,
            keepalive_interval=KEEPALIVE_S,
            keepalive_count_max=3,
            sock=await egress.connected(host.host, host.port, CONNECT_S),
        )
    except asyncssh.HostKeyNotVerifiable as wrong:
        raise NodeRefused(
            ssh_keys.wrong_key(host, pinned.get_fingerprint(), witness.found)
        ) from wrong
    except asyncssh.KeyExchangeFailed as odd:
        raise NodeRefused(ssh_keys.nothing_in_common(host, odd)) from odd
    except asyncssh.PermissionDenied as no:
        raise NodeRefused(ssh_keys.not_let_in(host, key)) from no
    return connection


async def shown_key(host: str, port: int, egress: Egress = GUARDED) -> str:
    """As a registration pins it; nothing of ours is given away.  Raises NodeRefused, NodeSilent."""
    try:
        async with asyncio.timeout(CONNECT_S + LOGIN_S):
            sock = await egress.connected(host, port, CONNECT_S)
            key = await asyncssh.get_server_host_key(
                host, sock=sock, server_host_key_algs=[*KEYS, *RSA], config=None
            )
    except (asyncssh.KeyExchangeFailed, asyncssh.ProtocolError, asyncssh.ConnectionLost) as odd:
        raise NodeRefused(f"what answers there does not speak SSH as we do: {odd}") from odd
    except (OSError, asyncssh.Error, TimeoutError) as lost:
        what = str(lost) or type(lost).__name__
        raise NodeSilent(f"no answer from {host}:{port}: {what}") from lost
    if key is None:
        raise NodeRefused("it shows no host key")
    return " ".join(key.export_public_key().decode().split()[:2])


def _pinned(host: HostRegistered) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(host.host_key)
    except asyncssh.KeyImportError as bad:
        raise NodeRefused(ssh_keys.no_key(host, bad)) from bad


def _own(key: Path) -> asyncssh.SSHKey:
    try:
        return asyncssh.read_private_key(key)
    except (OSError, asyncssh.KeyImportError) as bad:
        raise NodeRefused(f"the engine's SSH key {key} cannot be read: {bad}") from bad
