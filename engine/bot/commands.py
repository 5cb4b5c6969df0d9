"""What people may write: the table that the bot answers by, Telegram's menu shows, and the guide
is checked against.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from engine.bot import alerts, capacity, domains, fleet, history, lists, orders, warmups
from engine.bot.about import whoami
from engine.bot.access import SCOPES, Role
from engine.bot.question import Answer, Question
from engine.ports import Reply
from engine.rules.chat_html import safe
from engine.values.scope import Scope


class Entry(Struct, frozen=True):
    name: str
    takes: str  # after the command, as the usage shows it
    what: str  # one line
    needs: Scope
    answer: Answer

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.takes}".rstrip()


async def explained(asked: Question) -> Sequence[Reply]:
    may = SCOPES[asked.role]
    lines = [f"{safe(one.usage)}: {safe(one.what)}" for one in TABLE if one.needs in may]
    return [Reply("\n".join(lines))]


TABLE: tuple[Entry, ...] = (
    Entry("status", "", "How the fleet stands", "read", fleet.status),
    Entry("ips", "[phase] [tenant]", "Sending addresses", "read", fleet.ips),
    Entry("ip", "<address>", "One address: its phase, caps, mail and lists", "read", fleet.ip),
    Entry("warmup", "[address]", "Warm-ups, or the curve of one", "read", warmups.warmup),
    Entry("blacklist", "[address]", "What the block lists say", "read", lists.blacklist),
    Entry("recheck", "<address>", "Ask the block lists now", "operate", lists.recheck),
    Entry("dns", "[domain]", "Sending domains, or the DNS of one", "read", domains.dns),
    Entry("alerts", "", "Alerts that are firing", "read", alerts.alerts),
    Entry("ack", "<alert>", "Say that an alert was heard", "operate", alerts.ack),
    Entry("mute", "<alert> <30m|4h|1d>", "No word of an alert for so long", "operate", alerts.mute),
    Entry("pause", "<address> [reason]", "Stop an address for a while; asks first", "operate",
          orders.pause),
    Entry("hold", "<address> [reason]", "Hold a warm-up; asks first", "operate", orders.hold),
    Entry("resume", "<address> [reason]", "End a pause, or else a hold; asks first", "operate",
          orders.resume),
    Entry("release", "<address> [reason]", "End a stop by a list in suspicion; asks first",
          "operate", orders.release),
    Entry("retire", "<address>", "Retire in steps over a week; asks first", "operate",
          orders.retire),
    Entry("quarantine", "<address> <reason>", "Stop an address at once; asks first", "operate",
          orders.quarantine),
    Entry("rollback", "<version> <node> [tenant]", "Back to older choices; asks first", "deploy",
          orders.rollback),
    Entry("capacity", "[tenant]", "What may be sent against what is wanted", "read",
          capacity.capacity),
    Entry("events", "[address|type]", "What happened, the newest first", "read", history.events),
    Entry("explain", "<address>", "Why an address stands as it does", "read", history.explain),
    Entry("whoami", "", "Your number, this chat's, and what it may see", "read", whoami),
    Entry("help", "", "What I understand", "read", explained),
)  # fmt: skip
BY_NAME: Mapping[str, Entry] = {one.name: one for one in TABLE}
ALIASES: Mapping[str, str] = {
    "blacklists": "blacklist",
    "check": "recheck",
    "start": "help",  # what Telegram's own button sends first
}
MENU: Mapping[str, str] = {one.name: one.what for one in TABLE}


def entry(name: str) -> Entry | None:
    return BY_NAME.get(ALIASES.get(name, name))


def may(role: Role, one: Entry) -> bool:
    return one.needs in SCOPES[role]
