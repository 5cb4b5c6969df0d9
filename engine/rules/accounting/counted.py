"""What one tenant's rows come to."""

from collections.abc import Mapping

from msgspec import Struct

from engine.values.traffic import Causes, Counts, Hours, JobCounts, Said

JOBS_MAX = 20  # of one address; what is beyond is summed under ""
SAID_MAX = 5  # texts of one address, the most frequent
JOB_MAX = 100  # letters of a job's name


class Counted(Struct, frozen=True, kw_only=True):
    """``hours`` begin at full hours of ``day_tz``; addresses that are not known are ""."""

    day_tz: str
    hours: Hours
    jobs: JobCounts
    causes: Causes
    said: tuple[Said, ...]


def largest(jobs: Mapping[str, Counts]) -> dict[str, Counts]:
    """The jobs with most messages, and what is left of the others together."""
    order = sorted(jobs, key=lambda job: (job == "", -_size(jobs[job]), job))
    kept = {job: jobs[job] for job in order[:JOBS_MAX]}
    rest = sum((jobs[job] for job in order[JOBS_MAX:]), Counts())
    return kept if rest == Counts() else kept | {"": kept.get("", Counts()) + rest}


def _size(counts: Counts) -> int:
    return counts.attempts + counts.complaints + counts.remote


def most_said(said: list[Said]) -> list[Said]:
    """The most frequent texts of one address."""
    return sorted(said, key=lambda one: (-one.times, one.by, one.receiver))[:SAID_MAX]
