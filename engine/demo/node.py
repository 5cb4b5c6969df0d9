"""A PowerMTA host that is none: an SSH server on loopback, with the stand-in ``pmta`` behind it.

It obeys exactly the commands that the driver sends, and SFTP below its own directory.
"""

import asyncio
import fcntl
import shlex
from contextlib import suppress
from pathlib import Path

import asyncssh

from engine.demo.pmta import Pmta
from engine.events.host import HostRegistered
from engine.ids import EngineId, NodeId

PMTA = "/usr/sbin/pmta"
CONFIG_DIR = "/etc/pmta"
USER = "email-engine"
DF = (  # the first line is POSIX's
    "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/stand-in 100000 42000 58000 "
)
POLL_S = 0.02  # for a lock that somebody else holds
CONFIG = """\
postmaster postmaster@stand-in.example
host-name stand-in.example
smtp-listener 127.0.0.1:2525
log-file /var/log/pmta/log
<source 127.0.0.1>
    always-allow-relaying yes
    process-x-virtual-mta yes
</source>
<spool /var/spool/pmta>
    delete-file-holders yes
</spool>
"""


class DemoNode:
    """Everything is kept below ``directory``, so that the same host comes back after a restart.

    ``client_key`` is the private key that is let in; it is made if it is not there yet.
    """

    def __init__(
        self,
        directory: Path,
        *,
        engine: EngineId = EngineId("main"),  # noqa: B008  # a string
        client_key: Path | None = None,
    ) -> None:
        self.root = directory / "root"
        self.config = self.root / "etc/pmta/config"
        self.client_key = client_key or directory / "client_key"
        self.pmta = Pmta(directory, self.root)
        self.port = 0
        self.disk_used: int | None = 42  # per cent; None: it has no df
        self.zone = "+00:00"  # of the host; "": it does not tell
        self._directory, self._engine = directory, engine
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._commands: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._furnish()
        client = _key(self.client_key).convert_to_public()
        self._acceptor = await asyncssh.create_server(
            lambda: _Door(client, self._connections),
            "127.0.0.1",
            self.port,  # the same again after a stop
            server_host_keys=[_key(self._directory / "host_key")],
            process_factory=self._command,
            sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=bytes(self.root)),
        )
        self.port = self._acceptor.get_port()

    async def stop(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        for command in [*self._commands]:
            command.cancel()
        await asyncio.gather(*self._commands, return_exceptions=True)
        for connection in [*self._connections]:
            connection.abort()
            await connection.wait_closed()

    @property
    def host_key(self) -> str:
        """As a registration pins it."""
        public = _key(self._directory / "host_key").convert_to_public()
        return " ".join(public.export_public_key().decode().split()[:2])

    def registered(self, node: NodeId) -> HostRegistered:
        return HostRegistered(
            node=node,
            host="127.0.0.1",
            port=self.port,
            user=USER,
            host_key=self.host_key,
            config_dir=CONFIG_DIR,
            pmta=PMTA,
        )

    def _furnish(self) -> None:
        """As an operator leaves a host to the engine, unless it is furnished already."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        if not self.config.exists():
            self.config.write_text(f"{CONFIG}include {CONFIG_DIR}/ee-{self._engine}/*.conf\n")
            self.pmta.start()

    async def _command(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        task = asyncio.current_task()
        assert task is not None
        self._commands.add(task)
        try:
            match shlex.split(process.command or ""):
                case ["exec", "timeout", "-k", _, limit, program, *words] if program == PMTA:
                    await self._pmta(process, words, float(limit))
                case ["exec", "timeout", "-k", _, _, "df", "-P", *_] if self.disk_used is not None:
                    process.stdout.write(f"{DF}{self.disk_used:>3}% /\n")
                    process.exit(0)
                case ["exec", "timeout", "-k", _, _, "date", "+%:z"] if self.zone:
                    process.stdout.write(f"{self.zone}\n")
                    process.exit(0)
                case ["exec", "timeout", "-k", _, _, "openssl", "pkey", "-in", path, "-pubout"]:
                    self._public(process, path)
                case ["flock", "-w", wait, lock, "timeout", limit, "cat"]:
                    await self._hold(process, lock, float(wait), float(limit))
                case other:
                    process.stderr.write(f"{other[:1]}: command not found\n")
                    process.exit(127)
        except (asyncssh.SignalReceived, asyncssh.Error, OSError):
            process.close()  # whoever asked has left, or wants it ended
        finally:
            self._commands.discard(task)

    async def _pmta(
        self, process: "asyncssh.SSHServerProcess[str]", words: list[str], limit: float
    ) -> None:
        said = self.pmta.run(words)
        if await _ends_within(process, said.before_s, limit):
            return
        if said.drop:
            process.channel.get_connection().abort()
            return
        if await _ends_within(process, said.after_s, limit):
            return
        process.stdout.write(said.out)
        process.stderr.write(said.err)
        process.exit(said.rc)

    def _public(self, process: "asyncssh.SSHServerProcess[str]", path: str) -> None:
        """As openssl would: the public part of a private key, for whoever may read it."""
        try:
            key = asyncssh.read_private_key(self.root / path.lstrip("/")).convert_to_public()
        except (OSError, asyncssh.KeyImportError):
            process.stderr.write(f"Could not find private key from {path}\n")
            process.exit(1)
            return
        process.stdout.write(key.export_public_key("pkcs8-pem").decode())
        process.exit(0)

    async def _hold(
        self, process: "asyncssh.SSHServerProcess[str]", lock: str, wait: float, limit: float
    ) -> None:
        path = self.root / lock.lstrip("/")
        if not path.parent.is_dir():
            process.stderr.write(
                f"flock: cannot open lock file {lock}: No such file or directory\n"
            )
            process.exit(66)
            return
        with path.open("a") as file:
            if not await _locked(file.fileno(), wait):
                process.exit(1)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(limit):
                    async for line in process.stdin:
                        process.stdout.write(line)
        process.exit(0)


class _Door(asyncssh.SSHServer):
    """Lets one key in."""

    def __init__(
        self, client: asyncssh.SSHKey, connections: set[asyncssh.SSHServerConnection]
    ) -> None:
        self._client, self._connections = client, connections

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._connections.discard(self._connection)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key == self._client


async def _ends_within(
    process: "asyncssh.SSHServerProcess[str]", seconds: float, limit: float
) -> bool:
    """Waits; True if ``timeout`` or the end of the channel ended the command meanwhile."""
    if not seconds:
        return False
    with suppress(TimeoutError):
        async with asyncio.timeout(min(seconds, limit)):
            await process.wait_closed()
            return True
    if seconds > limit:
        process.exit(124)
    return seconds > limit


async def _locked(file: int, wait: float) -> bool:
    until = asyncio.get_running_loop().time() + wait
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if asyncio.get_running_loop().time() >= until:
            return False
        await asyncio.sleep(POLL_S)


def _key(path: Path) -> asyncssh.SSHKey:
    """The private key there; made, for nobody else to read, if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    return asyncssh.read_private_key(path)
