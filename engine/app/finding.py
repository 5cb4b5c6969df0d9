"""What an audit of the log comes to."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from engine.store.proof import Verified
from engine.store.walk import Wrong

Progress = Callable[[str, int, int], None]  # what is done, how much of it, of how much


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that is wrong, the first of its kind."""

    about: Literal["log", "views", "images", "file"]
    why: str
    position: int | None = None  # of an event, or of an image
    stream: str = ""
    view: str = ""
    key: str = ""

    def __str__(self) -> str:
        place = f"view {self.view}" if self.view else ""
        if self.position is not None:
            thing = "image" if self.about == "images" else "event"
            place = f"{thing} {self.position:,}" + (f" of {place}" if place else "")
        details = [one for one in (place, self.stream, self.key) if one]
        return f"{', '.join(details)}: {self.why}" if details else self.why


class Report(Struct, kw_only=True):
    wrong: list[Finding] = []  # []: all is well as far as it was looked at
    events: int = 0  # that were verified
    position: int = 0  # the last of them
    digest: str = ""  # its own; kept elsewhere it is an anchor
    anchors: int = 0  # that the log has as they say
    rows: int = 0  # of views, that are what the log gives
    images: int = 0  # likewise
    unknown_tags: dict[str, int] = {}  # events that only a newer version can read
    notes: list[str] = []  # what is not wrong, and worth knowing

    def add(self, verified: Verified, about: Literal["log", "file"] = "log") -> None:
        self.events, self.position = verified.events, verified.position
        self.digest, self.anchors = verified.digest.hex(), verified.anchors
        self.unknown_tags = dict(sorted(verified.unknown.items()))
        self.wrong += [_finding(one, about) for one in verified.wrong]
        self.notes += verified.notes


def _finding(wrong: Wrong, about: Literal["log", "file"]) -> Finding:
    return Finding(about=about, position=wrong.position, stream=wrong.stream, why=wrong.why)
