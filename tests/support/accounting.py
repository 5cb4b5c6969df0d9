"""Accounting files in memory, and rows for them."""

from engine.ids import NodeId
from engine.ports import AccountingFile, NodeSilent

HEADER = "type,timeLogged,rcpt,dsnStatus,dsnDiag,dsnMta,bounceCat,dlvSourceIp,vmta,jobId\r\n"


def line(kind: str = "d", at: str = "2026-01-05 10:00:00+0000", vmta: str = "acme--192-0-2-10",
         diagnostic: str = "", source: str = "192.0.2.10") -> str:  # fmt: skip
    return f'{kind},{at},a@gmail.com,,"{diagnostic}",,,{source},{vmta},job1\r\n'


class MemoryFiles:
    """Dies or falls silent at the calls it is told to."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.changed: dict[str, float] = {}  # seconds since 1970; long ago where nothing is said
        self.removed: list[str] = []
        self.calls = 0
        self.dies_at: int | None = None
        self.silent = False

    async def listed(self, node: NodeId) -> tuple[AccountingFile, ...]:
        self._call(node)
        return tuple(
            AccountingFile(name, len(data), self.changed.get(name, 0))
            for name, data in self.files.items()
        )

    async def read(self, node: NodeId, name: str, start: int, most: int) -> bytes:
        self._call(node)
        return self.files.get(name, b"")[start : start + most]

    async def remove(self, node: NodeId, name: str) -> None:
        self._call(node)
        self.removed.append(name)
        del self.files[name]

    def _call(self, node: NodeId) -> None:
        self.calls += 1
        if self.calls == self.dies_at:
            raise Killed
        if self.silent:
            raise NodeSilent(f"{node} is away")


class Killed(BaseException):
    """As kill -9: nobody catches it."""
