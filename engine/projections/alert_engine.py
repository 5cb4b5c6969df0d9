"""What people must hear of the engine's own means: chats, the disk under its data, its API."""

from engine.events import Event, Recorded
from engine.events.chat import ChatFound, ChatLost, ChatRemoved
from engine.events.engine import ApiErrorsSeen, DiskSeen
from engine.projections.alert_change import NOTHING, Change
from engine.rules import disk
from engine.values.alert import Severity

NAMES = CHAT, DISK, API = "chat_lost", "engine_disk", "api_errors"
CAUSES = (ChatLost, ChatFound, ChatRemoved, DiskSeen, ApiErrorsSeen)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case ChatLost(chat=chat) | ChatFound(chat=chat) | ChatRemoved(chat=chat):
            return ((CHAT, chat),)
        case DiskSeen(engine=engine):
            return ((DISK, engine),)
        case ApiErrorsSeen(engine=engine):
            return ((API, engine),)
        case _:
            return ()


def change(_: str, recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case ChatLost() as lost:
            return _lost(lost)
        case ChatFound():
            return Change(facts={"Now": "it takes messages again", "Next": ""}, clears=True)
        case ChatRemoved():
            return Change(facts={"Now": "it is not to hear any more", "Next": ""}, clears=True)
        case DiskSeen() as seen:
            return _disk(seen)
        case ApiErrorsSeen() as errors:
            return _api(errors)
        case _:
            return NOTHING


def _lost(lost: ChatLost) -> Change:
    facts = {
        "Chat": lost.chat,
        "Why": lost.why,
        "Effect": "it takes no messages; its alerts go the other ways that there are, and it is"
        " tried once a day",
        "Next": "let the bot in again, or take the chat out: DELETE /api/v2/chats, or [telegram]"
        " chats in the configuration",
    }
    return Change(fires=True, severity="critical", title="Chat lost", facts=facts)


def _disk(seen: DiskSeen) -> Change:
    said = f"{seen.directory} {seen.percent} % full"
    if seen.percent <= disk.FULL:
        return Change(facts={"Disk": said, "Now": "there is room again"}, clears=True)
    facts = {
        "Engine": seen.engine,
        "Disk": said,
        "Next": "make room, or a larger disk; without room the log takes no events, and nothing is"
        " done",
    }
    title = "Engine's disk nearly full"
    return Change(fires=True, severity="warning", title=title, facts=facts)


def _api(seen: ApiErrorsSeen) -> Change:
    share = f"{100 * seen.errors / seen.requests:.2g} %" if seen.requests else "-"
    counted = f"{seen.errors:,} of {seen.requests:,} requests in {seen.minutes} minutes ({share})"
    if seen.standing == "ok":
        return Change(facts={"Now": f"clearly below 1 % again: {counted}"}, clears=True)
    proved = seen.standing == "proved"
    facts = {
        "Engine": seen.engine,
        "Seen": counted,
        "Proof": "" if proved else "so few prove nothing yet, and this is information",
        "Next": "read its log (journalctl -u email-engine): each answer from 500 on says why",
    }
    severity: Severity = "critical" if proved else "info"
    title = "API errors over 1 %"
    return Change(fires=True, anew=True, severity=severity, title=title, facts=facts)
