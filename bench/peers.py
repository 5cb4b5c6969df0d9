"""Who of the peers is installed here."""

from collections.abc import Sequence
from importlib.util import find_spec

from bench.contender import Contender

LIBRARY = "eventsourcing"
MISSING = f"`{LIBRARY}` or psycopg is not installed here (requirements-bench.lock): left out"


def has_library() -> bool:
    return find_spec(LIBRARY) is not None and find_spec("psycopg") is not None


def library() -> Sequence[Contender]:
    """Application, recorder, recorder with its function; or nobody."""
    if not has_library():
        return ()
    from bench.library import CONTENDERS

    return CONTENDERS


def notes() -> list[str]:
    return [] if has_library() else [MISSING]
