"""Who else asks block lists: pydnsbl in an environment of its own (it wants aiodns before 4), and
dnsperf, which judges nothing, as the limit.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.dnsbl_lists import ZONES, Fleet
from bench.measure import Sample
from engine.rules import dnsbl

PYDNSBL, DNSPERF = "pydnsbl", "dnsperf"
MISSING = {
    PYDNSBL: "pydnsbl could not be installed here (no package index?): left out",
    DNSPERF: "dnsperf is not installed here (apt-get install dnsperf): left out",
}
IN_FLIGHT = 200  # of both, which is pydnsbl's own default


class Counted(NamedTuple):
    sample: Sample
    listed: int
    failed: int


class Pydnsbl(NamedTuple):
    python: Path

    def run(self, port: int, fleet: Fleet) -> Counted:
        told = json.dumps({"port": port, "zones": ZONES, "ips": fleet.ips})
        script = Path(__file__).with_name("dnsbl_peer_run.py")
        said = subprocess.run(
            [self.python, script],
            input=told,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        found = json.loads(said.stdout)
        lookups = len(fleet.ips) * len(ZONES)
        return Counted(Sample(lookups, found["seconds"]), found["listed"], found["failed"])


@contextmanager
def pydnsbl() -> Iterator[Pydnsbl | None]:
    """Installed afresh and removed again; None where that cannot be done."""
    folder = Path(tempfile.mkdtemp(prefix="ee-bench-peer-", dir="/var/tmp"))
    try:
        python = folder / "bin" / "python"
        steps = (
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "pydnsbl==1.1.7"],
        )
        made = all(
            subprocess.run(one, capture_output=True, check=False).returncode == 0 for one in steps
        )
        yield Pydnsbl(python) if made else None
    finally:
        shutil.rmtree(folder)


def dnsperf(port: int, fleet: Fleet) -> Sample | None:
    program = shutil.which(DNSPERF)
    if program is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".questions") as file:
        for zone in ZONES:
            file.writelines(f"{dnsbl.question(ip, zone)} A\n" for ip in fleet.ips)
        file.flush()
        where = ["-s", "127.0.0.1", "-p", str(port), "-d", file.name]
        said = subprocess.run(
            [program, *where, "-n", "1", "-q", str(IN_FLIGHT)],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
    sent = re.search(r"Queries completed:\s+(\d+)", said)
    seconds = re.search(r"Run time \(s\):\s+([\d.]+)", said)
    assert sent is not None, said
    assert seconds is not None, said
    return Sample(int(sent[1]), float(seconds[1]))
