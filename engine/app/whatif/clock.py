"""Virtual time: it stands still until the driver says how late it is."""

from datetime import datetime


class VirtualClock:
    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def jump(self, instant: datetime) -> None:
        self._now = max(self._now, instant)

    async def wait_until(self, instant: datetime) -> None:
        self.jump(instant)
