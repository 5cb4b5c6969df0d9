"""The name server that real block lists run (Debian's rbldnsd), on a free port of loopback."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from engine.ids import IpAddr, Zone
from tests.support.needs import need

Mood = Literal[
    "well", "dead", "silent", "refused", "servfail", "everything", "error_code", "parked"
]

TEST_ENTRY = IpAddr("127.0.0.2")
_KINDS = ("ip4set", "ip4trie", "ip6trie")
_SOA = "$SOA 300 ns.example. hostmaster.example. 1 600 300 86400 300\n"  # "no" may be kept 5 min
_EXPIRED = "$TIMESTAMP 2020:01:01 2020:01:02\n"  # then rbldnsd answers SERVFAIL
_ALIKE = {"everything": "127.0.0.2", "error_code": "127.255.255.254", "parked": "203.0.113.80"}


class Rbldnsd:
    """Changes are served when the method that makes them returns.  A zone that is ``refused`` is
    one it does not serve; ``silent`` it is only altogether.
    """

    def __init__(self, program: str, directory: Path, zones: tuple[Zone, ...]) -> None:
        self._program = program
        self._directory = directory
        self._lists: dict[Zone, dict[IpAddr, tuple[str, ...]]] = {
            zone: {TEST_ENTRY: ("127.0.0.2",)} for zone in zones
        }
        self._moods: dict[Zone, Mood] = dict.fromkeys(zones, "well")
        self._edition = int(time.time()) - 1_000_000
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def open(self, zone: Zone, *codes: str) -> None:
        self.list(TEST_ENTRY, zone, *codes)

    def list(self, ip: IpAddr, zone: Zone, *codes: str) -> None:
        self._lists[zone][ip] = codes or ("127.0.0.2",)
        self._load()

    def clear(self, ip: IpAddr, zone: Zone) -> None:
        self._lists[zone].pop(ip, None)
        self._load()

    def behave(self, zone: Zone, mood: Mood) -> None:
        """From and to "refused" needs a new process, for zones are its arguments."""
        again = "refused" in (mood, self._moods[zone])
        self._moods[zone] = mood
        if mood == "silent":
            self._signal(signal.SIGSTOP)
        elif again:
            self.stop()
            self.start()
        else:
            self._load()

    def start(self) -> None:
        self._write()
        living = [zone for zone, mood in self._moods.items() if mood != "refused"]
        served = living or [Zone("empty")]
        sets = [f"{z}:{kind}:{z}.{kind}" for z in served for kind in _KINDS]
        user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
        where = ["-b", f"127.0.0.1/{self.port}", "-w", str(self._directory)]
        self._process = subprocess.Popen(
            [self._program, "-n", "-4", "-c", "0", *user, *where, *sets],
            stdout=subprocess.DEVNULL,
        )
        self._until_answered()

    def stop(self) -> None:
        if self._process is not None:
            self._signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _load(self) -> None:
        """It takes a signal before the next question, and serves only what it has read."""
        self._write()
        self._signal(signal.SIGHUP)
        self._until_answered()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _write(self) -> None:
        """Each edition a second later than the last: it reads again only what has a new time."""
        self._edition += 1
        for kind in _KINDS:
            self._put(f"empty.{kind}", _SOA)
        for zone, listed in self._lists.items():
            v4 = {ip: codes for ip, codes in listed.items() if ":" not in ip}
            v6 = {ip: codes for ip, codes in listed.items() if ":" in ip}
            mood = self._moods[zone]
            head = _SOA + (_EXPIRED if mood == "servfail" else "")
            alike = f"0.0.0.0/0 :{_ALIKE[mood]}:\n" if mood in _ALIKE else ""
            self._put(f"{zone}.ip4set", head + ("" if mood != "well" else _lines(v4)))
            self._put(f"{zone}.ip4trie", head + alike)
            self._put(f"{zone}.ip6trie", head + ("" if mood != "well" else _lines(v6)))

    def _put(self, name: str, text: str) -> None:
        path = self._directory / name
        path.write_text(text)
        os.utime(path, (self._edition, self._edition))

    def _until_answered(self) -> None:
        """Any answer will do: one process, one thread, in order."""
        question = b"\x12\x34\0\0\0\1\0\0\0\0\0\0" + b"\7version\4bind\0" + b"\0\x10\0\3"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.1)
            for _ in range(100):
                asker.sendto(question, ("127.0.0.1", self.port))
                try:
                    asker.recv(512)
                except (TimeoutError, ConnectionRefusedError):
                    continue
                return
        raise AssertionError(f"rbldnsd does not answer on {self.address}")


@contextmanager
def serving(*zones: Zone) -> Iterator[Rbldnsd]:
    """Skips the test where rbldnsd is missing.  The directory is readable for the user that it
    becomes.
    """
    program = need("rbldnsd", "rbldnsd")
    directory = Path(tempfile.mkdtemp(prefix="rbldnsd-"))
    directory.chmod(0o755)
    server = Rbldnsd(program, directory, zones)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory)


def _lines(listed: dict[IpAddr, tuple[str, ...]]) -> str:
    return "".join(f"{ip} :{code}:\n" for ip, codes in listed.items() for code in codes)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
