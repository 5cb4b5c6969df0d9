"""Six weeks of 100 addresses in virtual time, and how much of it is the folding of events alone.

python -m bench.simulate
python -m bench.simulate --ips 250 --weeks 8 --rounds 5
"""

import argparse
import statistics
from pathlib import Path
from time import perf_counter, process_time

from bench import machine
from bench.measure import alone
from bench.start import peak_mb
from engine.app import whatif
from engine.app.whatif import Fleet, Result
from engine.app.whatif.fleet_file import read
from engine.ids import IpAddr
from engine.projections import PROJECTIONS
from engine.runtime.views import Views

LIMIT_S = 10  # for 100 addresses and six weeks (issue 14)


def fleet(ips: int) -> Fleet:
    """Of two tenants; every tenth address has a list that bounces too much."""
    tables = [
        {
            "address": f"198.51.{100 + n // 250}.{n % 250 + 1}",
            "tenant": "acme" if n % 2 else "rival",
            "bounce": 0.06 if n % 10 == 0 else 0.005,
        }
        for n in range(ips)
    ]
    return read({"tenants": [{"slug": "acme"}, {"slug": "rival"}], "ips": tables}, "the bench")


def folded(result: Result) -> float:
    """Seconds of the same events through the same projections, and nothing else."""
    views = Views(PROJECTIONS)
    with alone():
        began = perf_counter()
        for recorded in result.story:
            for _ in views.fold(recorded):
                pass
        return perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.simulate")
    parser.add_argument("--ips", type=int, default=100)
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for name, text in machine.facts(Path("/var/tmp")).items():
        print(f"{name}: {text}")
    known, listed = fleet(asked.ips), [whatif.Listed(IpAddr("198.51.100.2"), 15)]
    took, cpu, bare, events = [], [], [], 0
    for _ in range(asked.rounds):
        began, used = perf_counter(), process_time()
        result = whatif.simulate(known, weeks=asked.weeks, listings=listed)
        took.append(perf_counter() - began)
        cpu.append(process_time() - used)
        bare.append(folded(result))
        events = len(result.story)
    middle, alone_s = statistics.median(took), statistics.median(bare)
    print(f"{asked.ips} addresses, {asked.weeks} weeks, {events:,} events")
    print(
        f"  {middle:.1f} s ({min(took):.1f} to {max(took):.1f}), {statistics.median(cpu):.1f} s CPU"
    )
    print(f"  the same events folded alone: {alone_s:.1f} s, so {middle / alone_s:.1f} times that")
    print(f"  memory: at most {peak_mb():.0f} MB; load {machine.load():.1f}; limit {LIMIT_S} s")


if __name__ == "__main__":
    main()
