"""Where the embedded Postgres keeps its data, its socket and its log."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from engine.adapters.postgres_account import Account, shared
from engine.errors import StartRefused

OWN = Path("/var/lib/email-engine-postgres")  # as root, where Postgres's user cannot reach the data
SOCKET_MAX = 100  # bytes of a socket's whole path; the kernel's limit is 107
_SOCKET = ".s.PGSQL.5432"
_NOTE = "cluster.where"


class Place(NamedTuple):
    """Of one cluster; the directories are the account's alone."""

    data: Path
    socket: Path
    log: Path


async def find(directory: Path, account: Account, own: Path) -> Place:
    """In ``directory``, or below ``own`` where ``account`` cannot reach that.  It is chosen once
    and noted, so that a change of modes never makes the engine begin an empty log beside the one
    it had.  Raises StartRefused.
    """
    note = directory / _NOTE
    if note.exists():
        home = directory / note.read_text().strip()
        if not home.is_dir():
            raise StartRefused(
                f"the log's Postgres was in {home} (says {note}), and it is not there. Bring it"
                f" back; or, to begin with an empty log, remove {note}"
            )
        return _place(account.own(home), account)
    home = account.own(await _chosen(shared(directory), account, own))
    # What lies inside moves with it.
    note.write_text(f"{home.name if home.is_relative_to(directory) else home}\n")
    return _place(home, account)


def is_known(directory: Path) -> bool:
    """Was a cluster ever made for it?"""
    return (directory / _NOTE).exists()


def forget(directory: Path) -> None:
    """Its cluster is gone, on purpose."""
    (directory / _NOTE).unlink(missing_ok=True)


async def _chosen(directory: Path, account: Account, own: Path) -> Path:
    if not account.is_other or await account.can("-x", directory):
        return directory / "cluster"
    return shared(own) / _short(directory)


def _place(home: Path, account: Account) -> Place:
    socket = home / "socket"
    if len(os.fsencode(socket / _SOCKET)) > SOCKET_MAX:
        socket = Path(f"/tmp/email-engine-{_short(home)}")  # refused if it is somebody else's
    return Place(home / "data", account.own(socket), home / "postgres.log")


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
