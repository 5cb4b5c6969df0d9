"""Do stored bodies say what this version understands?"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from engine.ids import Position
from engine.store import codec
from engine.store.link import Link
from engine.store.walk import Wrong

_BAD = (msgspec.MsgspecError, KeyError, TypeError, ValueError)  # the last three: an upcast's


def first_misfit(links: Iterable[Link], unknown: Counter[str]) -> Wrong | None:
    """A body that its tag does not fit.  Events of unknown tags are counted into ``unknown``: a
    newer engine wrote them, and nothing is wrong with them.
    """
    for link in links:
        tag, body = link.tag, link.body
        try:
            event = codec.decode(body)
            if not body.startswith(b'{"type":"' + tag + b'"'):
                _same_tag(link)
        except _BAD as bad:
            why = f"its body is no {_text(link.tag)!r} as this version knows it: {bad}"
            return Wrong(Position(link.position), _text(link.stream), why)
        if event is None:
            unknown[_text(link.tag)] += 1
    return None


def _same_tag(link: Link) -> None:
    """The engine writes the tag first; in the order of JSON it may stand anywhere."""
    if codec.tag_of(link.body) != _text(link.tag):
        raise ValueError(f"it calls itself {codec.tag_of(link.body)!r}")


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
