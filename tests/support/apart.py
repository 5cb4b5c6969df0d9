"""What happened to one tenant, to be laid beside what happens to it alone."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.api import event_shown
from engine.events import Event, Recorded
from engine.ids import TenantId

# Streams of looks, which go in rounds with others', and of nodes, where a reload is everybody's and
# pauses are laid again after it; the ids of commands are chance.
SHARED = ("dnsbl-", "dns-", "node-", "mailwizz-", "command-")
# Numbers that a chat counts for all who are told in it.
COUNTED_BY_CHATS = {"messages"}

Happened = dict[str, list[tuple[int, str, Any]]]


def of(story: Sequence[Recorded[Event]], tenant: TenantId) -> Happened:
    """By stream: version, type and body, without the positions of a log that is everybody's."""
    found: Happened = {}
    for one in story:
        if one.tenant == tenant and not one.stream.startswith(SHARED):
            shown = event_shown.shown(one, platform=False)
            body = msgspec.json.decode(shown.event)
            kept = {name: value for name, value in body.items() if name not in COUNTED_BY_CHATS}
            found.setdefault(one.stream, []).append((one.version, shown.type, kept))
    return found
