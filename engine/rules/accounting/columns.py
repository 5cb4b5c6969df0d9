"""Where the columns stand, by their names (PowerMTA 5.0 User's Guide, accounting file fields)."""

from functools import lru_cache

from msgspec import Struct

NEEDED = ("type", "timeLogged")
JOB_HEADERS = ("header_x-job", "header_x-jobid")  # where a feedback record names the job


class Layout(Struct, frozen=True):
    """Places in a row; what the header lacks stands at ``width``, beyond its end."""

    width: int
    kind: int
    time: int
    rcpt: int
    mta: int
    reporter: int
    queue: int
    status: int
    diagnostic: int
    category: int
    feedback_job: int
    source: int
    vmta: int
    job: int


@lru_cache(maxsize=64)
def layout(columns: tuple[str, ...]) -> Layout | None:
    """None: without type and time a row says nothing."""
    names = {name.lower(): place for place, name in reversed([*enumerate(columns)])}
    if any(name.lower() not in names for name in NEEDED):
        return None

    def place(*wanted: str) -> int:
        found = [names[name.lower()] for name in wanted if name.lower() in names]
        return found[0] if found else len(columns)

    return Layout(
        width=len(columns),
        kind=place("type"),
        time=place("timeLogged"),
        rcpt=place("rcpt"),
        mta=place("dsnMta"),
        reporter=place("reportingMta", "dsnReportingMta"),
        queue=place("queue"),
        status=place("dsnStatus"),
        diagnostic=place("dsnDiag"),
        category=place("bounceCat"),
        feedback_job=place(*JOB_HEADERS),
        source=place("dlvSourceIp"),
        vmta=place("vmta"),
        job=place("jobId"),
    )
