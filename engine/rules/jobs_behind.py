"""Which jobs most probably brought an address on a block list (DESIGN §4)."""

from collections.abc import Mapping
from datetime import date, timedelta

from engine.values.traffic import Counts, JobBehind

HOURS = timedelta(hours=72)  # before the listing
NAMED = 3


def ranked(jobs: Mapping[date, Mapping[str, Counts]], first: date) -> tuple[JobBehind, ...]:
    """Of the days from ``first`` on: by complaints, then blocks, then unknown users; those that had
    any of them.  What was summed because it was small has no name.
    """
    found: dict[str, Counts] = {}
    for day, of_day in jobs.items():
        if day >= first:
            for job, counts in of_day.items():
                found[job] = found.get(job, Counts()) + counts
    bad = [
        JobBehind(
            job=job,
            complaints=one.complaints,
            blocks=one.block,
            unknown=one.hard,
            sent=one.sent,
        )
        for job, one in found.items()
        if job and (one.complaints or one.block or one.hard)
    ]
    order = sorted(bad, key=lambda one: (-one.complaints, -one.blocks, -one.unknown, one.job))
    return tuple(order[:NAMED])
