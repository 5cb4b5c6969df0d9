"""Name servers as domains have them: Knot holds the zones, and Unbound asks it for whoever asks.

Both are Debian's, on free ports of loopback, and are gone afterwards.
"""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.needs import need

HEAD = "$TTL 300\n@ SOA ns hostmaster 1 600 300 86400 60\n@ NS ns\nns A 127.0.0.1\n"

_KNOT = """\
server:
    rundir: {folder}
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: {folder}
template:
  - id: default
    storage: {folder}
    file: "%s.zone"
    zonefile-sync: -1
    journal-content: none
zone:
{zones}
"""

# It keeps nothing, so that a changed zone is seen at once; who does not answer is given up soon.
_UNBOUND = """\
server:
  interface: 127.0.0.1@{port}
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  do-daemonize: no
  use-syslog: no
  logfile: ""
  verbosity: 0
  num-threads: 1
  module-config: "iterator"
  do-not-query-localhost: no
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
  unknown-server-time-limit: 100
  local-zone: "test." nodefault
  local-zone: "{reverse}" nodefault
remote-control:
  control-enable: no
{stubs}
"""
REVERSE = "2.0.192.in-addr.arpa"  # of 192.0.2.0/24, for documentation (RFC 5737)


class NameServers:
    """``authority`` answers for its zones and refuses the rest; ``resolver`` follows what it finds
    there, and asks nobody else.  What is below ``dead`` zones leads to a port where nobody is.
    """

    def __init__(self, folder: Path, zones: Mapping[str, str], dead: tuple[str, ...]) -> None:
        self._folder, self._zones, self._dead = folder, dict(zones), dead
        self._knot, self._unbound = need("knotd", "knot"), need("unbound", "unbound")
        self._running: list[subprocess.Popen[bytes]] = []
        self.authority_port, self.resolver_port, self._nobody = _free_ports(3)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.authority_port}"

    @property
    def resolver(self) -> str:
        return f"127.0.0.1:{self.resolver_port}"

    def start(self) -> None:
        for zone, text in self._zones.items():
            (self._folder / f"{zone}.zone").write_text(f"$ORIGIN {zone}.\n{HEAD}{text}\n")
        knot = self._folder / "knot.conf"
        zones = "\n".join(f"  - domain: {zone}" for zone in self._zones)
        knot.write_text(_KNOT.format(folder=self._folder, port=self.authority_port, zones=zones))
        unbound = self._folder / "unbound.conf"
        unbound.write_text(
            _UNBOUND.format(
                folder=self._folder, port=self.resolver_port, reverse=REVERSE, stubs=self._stubs()
            )
        )
        self._run(self._knot, "-c", str(knot))
        self._run(self._unbound, "-d", "-c", str(unbound))
        for port in (self.authority_port, self.resolver_port):
            _until_answered(port)

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(10)

    def _stubs(self) -> str:
        served = [(zone, self.authority_port) for zone in (".", *self._zones)]
        dead = [(zone, self._nobody) for zone in self._dead]
        return "\n".join(
            f'stub-zone:\n  name: "{zone}"\n  stub-addr: 127.0.0.1@{port}\n  stub-prime: no'
            for zone, port in (*served, *dead)
        )

    def _run(self, *command: str) -> None:
        self._running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))


@contextmanager
def serving(zones: Mapping[str, str], dead: tuple[str, ...] = ()) -> Iterator[NameServers]:
    """``zones``: what each holds beside its SOA and NS, as lines of a zone file with names in it.
    Skips the test where a server is missing.
    """
    folder = Path(tempfile.mkdtemp(prefix="dns-"))
    try:
        servers = NameServers(folder, zones, dead)
        try:
            servers.start()
            yield servers
        finally:
            servers.stop()
    finally:
        shutil.rmtree(folder)


def _until_answered(port: int) -> None:
    question = b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + b"\4test\0" + b"\0\6\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.1)
        for _ in range(100):
            with suppress(TimeoutError, ConnectionRefusedError):
                asker.sendto(question, ("127.0.0.1", port))
                asker.recv(512)
                return
    raise AssertionError(f"no name server answers on 127.0.0.1:{port}")


def _free_ports(number: int) -> list[int]:
    """Held together until all are known; TCP, for UDP has far more to choose from."""
    taken = [socket.socket() for _ in range(number)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports
