"""Versions of the streams that were written lately.  Nobody else writes while this process leads,
so what it wrote is what there is."""

from collections.abc import Mapping

from engine.ids import Version

STREAMS_MAX = 50_000  # about 10 MB


class Streams:
    def __init__(self) -> None:
        self._versions: dict[str, Version] = {}

    def get(self, stream: str) -> Version | None:
        return self._versions.get(stream)

    def learn(self, versions: Mapping[str, Version]) -> None:
        """Those that were written longest ago are forgotten first."""
        for stream, version in versions.items():
            self._versions.pop(stream, None)
            self._versions[stream] = version
        while len(self._versions) > STREAMS_MAX:
            del self._versions[next(iter(self._versions))]

    def forget(self) -> None:
        self._versions.clear()
