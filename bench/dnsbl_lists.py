"""Nine lists of a million addresses, as rbldnsd serves them, and a fleet that is partly listed."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from engine.errors import StartRefused
from engine.ids import IpAddr
from engine.rules.dnsbl_catalogue import DEFAULT

ZONES = tuple(DEFAULT)
LISTED = 1_000_000
CODE = "127.0.0.2"
_SOA = "$SOA 300 ns.example. hostmaster.example. 1 600 300 86400 300\n"
_HEAD = f"{_SOA}:{CODE}:\n127.0.0.2\n"  # the second is the test entry
_STEP = 2_654_435_761  # odd: its multiples meet every number of 26 bits once


class Fleet(NamedTuple):
    ips: tuple[IpAddr, ...]
    listed: frozenset[IpAddr]

    @property
    def listings(self) -> int:
        """Of all of them, on all lists."""
        return len(self.listed) * len(ZONES)


def fleet(number: int) -> Fleet:
    """One address in twenty is among the listed."""
    listed = tuple(_address(at) for at in range(number // 20))
    clean = tuple(_address(LISTED + at) for at in range(number - len(listed)))
    return Fleet((*listed, *clean), frozenset(listed))


@contextmanager
def serving() -> Iterator[int]:
    """The port; raises StartRefused where rbldnsd is not installed."""
    program = shutil.which("rbldnsd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise StartRefused("rbldnsd is not installed: apt-get install rbldnsd")
    folder = Path(tempfile.mkdtemp(prefix="ee-bench-dns-", dir="/var/tmp"))
    folder.chmod(0o755)  # for the user that it becomes
    try:
        with (folder / "million").open("w") as file:
            file.write(_HEAD)
            file.writelines(f"{_address(at)}\n" for at in range(LISTED))
        port = _free_port()
        sets = [f"{zone}:ip4set:million" for zone in ZONES]
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        server = subprocess.Popen(
            [program, "-n", "-4", "-c", "0", *user, "-b", f"127.0.0.1/{port}", "-w", folder, *sets],
            stdout=subprocess.DEVNULL,
        )
        try:
            _until_loaded(port)
            yield port
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(folder)


def _address(at: int) -> IpAddr:
    """The ``at``-th of addresses without order, none of them twice."""
    number = (at * _STEP) % (1 << 26)
    first, rest = 20 + (number >> 24), number & 0xFFFFFF
    return IpAddr(f"{first}.{rest >> 16}.{rest >> 8 & 255}.{rest & 255}")


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _until_loaded(port: int) -> None:
    question = b"\x12\x34\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect(("127.0.0.1", port))
        asker.settimeout(0.2)
        for _ in range(100):
            try:
                asker.send(question)
                asker.recv(512)
            except TimeoutError:
                continue
            except ConnectionRefusedError:
                time.sleep(0.1)
                continue
            return
    raise StartRefused(f"rbldnsd does not answer on 127.0.0.1:{port}")
