"""A real MariaDB of our own: a temporary directory, a loopback port, no root, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.needs import need

START_SECONDS = 20.0
_QUICK = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=4M",
    "--performance-schema=OFF",
    "--skip-name-resolve",
    "--skip-log-bin",
)


class MariaDb:
    """One server, which tests may stop, freeze and start again."""

    def __init__(self, home: Path) -> None:
        self.socket = str(home / "mariadb.sock")
        self.port = _free_port()
        self._home = home
        self._client = need("mariadb", "mariadb-client")
        self._daemon = need("mariadbd", "mariadb-server")
        self._user = _unprivileged()
        self._process: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        tool = need("mariadb-install-db", "mariadb-server")
        for name in ("data", "tmp"):
            (self._home / name).mkdir()
        if self._user:
            for path in (self._home, self._home / "data", self._home / "tmp"):
                shutil.chown(path, self._user, _group_of(self._user))
        self._run_as(
            [tool, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]
        )

    def start(self) -> None:
        log = (self._home / "log").open("ab")
        self._process = subprocess.Popen(
            [
                *self._as_user(),
                *(self._daemon, "--no-defaults", *self._places(), *_QUICK),
                *(f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1"),
                f"--pid-file={self._home / 'tmp' / 'pid'}",
            ],
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def sql(self, text: str, database: str = "") -> list[list[str]]:
        """As root, over the socket; rows as the client prints them."""
        done = subprocess.run(
            [
                *(self._client, "--no-defaults", f"--socket={self.socket}", "--user=root"),
                *("--batch", "--skip-column-names", database),
            ],
            input=text.encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def _wait(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            assert self._process is not None
            assert self._process.poll() is None, (self._home / "log").read_text()
            with socket.socket(socket.AF_UNIX) as door:
                if door.connect_ex(self.socket) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError((self._home / "log").read_text())

    def _places(self) -> tuple[str, ...]:
        return (f"--datadir={self._home / 'data'}", f"--tmpdir={self._home / 'tmp'}")

    def _run_as(self, command: list[str]) -> None:
        done = subprocess.run(
            [*self._as_user(), *command, *self._places(), *_QUICK[:3]],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr).decode()

    def _as_user(self) -> list[str]:
        # A test run that is killed must not leave a server behind.
        guard = [need("setpriv", "util-linux"), "--pdeathsig", "TERM"]
        if not self._user:
            return guard
        group = _group_of(self._user)
        return [*guard, f"--reuid={self._user}", f"--regid={group}", "--clear-groups"]


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    # Not under pytest's own directory, which only its user may enter; and sockets' paths are short.
    home = Path(tempfile.mkdtemp(prefix="ee-mariadb-"))
    server = None
    try:
        server = MariaDb(home)
        server.install()
        server.start()
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(home)


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _unprivileged() -> str:
    """MariaDB refuses to run as root."""
    if os.geteuid() != 0:
        return ""
    known = {one.pw_name for one in pwd.getpwall()}
    for name in ("mysql", "nobody"):  # Debian's mariadb-server-core makes no user of its own
        if name in known:
            return name
    pytest.skip("no user mysql and no nobody to run MariaDB as: apt-get install mariadb-server")


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
