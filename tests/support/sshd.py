"""A real OpenSSH server on loopback, under a user without rights, with the stand-in ``pmta``."""

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from engine.demo import node as demo
from engine.demo.pmta import Pmta
from engine.events.host import HostRegistered
from engine.ids import NodeId
from tests.support.needs import need

USER = "ee-node"
START_S = 10.0
PARTS = ("pmta", "pmta_commands", "pmta_parser", "pmta_replies", "pmta_show", "pmta_words")
_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
HostKey {home}/rsa_host_key
PidFile {home}/pid
AuthorizedKeysFile {home}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
"""
_LAUNCH = """\
import sys
from engine.demo.pmta import main
sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
"""


class RealNode:
    """One tree like that of a host with PowerMTA, reached through the server."""

    def __init__(self, server: "Sshd", home: Path) -> None:
        self.client_key = server.client_key
        self.root = Path("/")
        self.config_dir = str(home / "etc/pmta")
        self.config = home / "etc/pmta/config"
        self.pmta = Pmta(home / "state", self.root, str(self.config))
        self._server, self._program = server, home / "pmta"
        for below in ("etc/pmta", "state"):
            (home / below).mkdir(parents=True)
        self.config.write_text(f"{demo.CONFIG}include {self.config_dir}/ee-main/*.conf\n")
        self.pmta.start()
        words = [server.python, "-I", "-S", server.stand_in, home / "state", self.config]
        self._program.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n')
        self._program.chmod(0o755)
        server.give(home)

    def registered(self, node: NodeId) -> HostRegistered:
        return HostRegistered(
            node=node,
            host="127.0.0.1",
            port=self._server.port,
            user=self._server.user,
            host_key=self._server.host_key,
            config_dir=self.config_dir,
            pmta=str(self._program),
        )


class Sshd:
    """The server, and a directory that its user owns."""

    def __init__(self, home: Path) -> None:
        self._program = need("sshd", "openssh-server")
        self.user = _user()
        self.port = _free_port()
        self._home, self._count = home, 0
        self.client_key, self.stand_in = home / "client_key", home / "stand-in"
        home.chmod(0o755)
        self._write_keys()
        self._copy_stand_in()
        (home / "sshd_config").write_text(_CONFIG.format(port=self.port, home=home))
        self.give(home)
        self.python = self._a_python()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = str(self._home / "sshd_config")
        command = [*self._as_user(), self._program, "-D", "-e", "-f", config]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while not _answers(self.port):
            log_text = (self._home / "log").read_text()
            assert self._process.poll() is None, log_text
            assert time.monotonic() < until, log_text
            time.sleep(0.02)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)

    def node(self) -> RealNode:
        self._count += 1
        home = self._home / f"node-{self._count}"
        home.mkdir()
        return RealNode(self, home)

    def give(self, path: Path) -> None:
        """To the server's user, with all that lies below."""
        if os.getuid() == 0:
            for one in (path, *path.rglob("*")):
                shutil.chown(one, self.user, self.user)

    def _write_keys(self) -> None:
        self.host_key = _make_key(self._home / "host_key", "ssh-ed25519")
        self.rsa_host_key = _make_key(self._home / "rsa_host_key", "ssh-rsa")
        let_in = _make_key(self.client_key, "ssh-ed25519")
        (self._home / "authorized_keys").write_text(f"{let_in}\n")

    def _copy_stand_in(self) -> None:
        """Apart from the checkout, which the server's user need not be able to read."""
        source = Path(demo.__file__).parent
        below = self.stand_in / "engine/demo"
        below.mkdir(parents=True)
        for part in PARTS:
            shutil.copy(source / f"{part}.py", below)
        (self.stand_in / "engine/__init__.py").touch()
        (below / "__init__.py").touch()
        (self.stand_in / "__main__.py").write_text(_LAUNCH)

    def _a_python(self) -> str:
        """One that the server's user may run: ours may lie in a directory of root's."""
        found = (shutil.which("python3", path="/usr/bin:/usr/local/bin"), sys.executable)
        for python in filter(None, found):
            command = [
                *self._as_user(),
                python,
                "-I",
                "-c",
                "import sys; assert sys.version_info >= (3, 11)",
            ]
            if subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0:
                return python
        pytest.skip(f"no Python 3.11 that {self.user} may run: apt-get install python3")

    def _as_user(self) -> list[str]:
        if os.getuid() != 0:
            return []
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"]


@pytest.fixture(scope="session")
def sshd() -> Iterator[Sshd]:
    with tempfile.TemporaryDirectory(prefix="ee-sshd-") as home:
        server = Sshd(Path(home))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def real_node(sshd: Sshd) -> RealNode:
    return sshd.node()


def _make_key(path: Path, kind: str) -> str:
    """Returns the public part, as a registration has it."""
    key = asyncssh.generate_private_key(kind)
    path.touch(mode=0o600)
    path.write_bytes(key.export_private_key())
    return " ".join(key.export_public_key().decode().split()[:2])


def _user() -> str:
    """Ourselves; root, as whom sshd would need /run/sshd and could be anybody, makes a user."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    try:
        pwd.getpwnam(USER)
    except KeyError:
        command = [
            need("useradd", "passwd"),
            "--system",
            "--user-group",
            "--shell",
            "/bin/sh",
            USER,
        ]
        subprocess.run(command, check=True)
    return USER


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
