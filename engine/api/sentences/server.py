"""What MailWizz was told of an address's delivery server."""

from typing import assert_never

from engine.api.sentences.words import because, several, wish
from engine.events import Recorded
from engine.events.server import (
    ServerClaimed,
    ServerEvent,
    ServerFailed,
    ServerPlanned,
    ServerReleased,
    ServerTold,
    ServerUnknown,
)
from engine.values.server import ServerRow


def say(told: Recorded[ServerEvent]) -> str:
    match told.event:
        case ServerClaimed(ip=ip, instance=instance, server_id=server_id):
            return f"{ip} has MailWizz {instance}'s delivery server {server_id}"
        case ServerPlanned(ip=ip, wish=wanted):
            return f"MailWizz is being told of {ip}: {wish(wanted)}"
        case ServerTold(ip=ip, row=row):
            return f"MailWizz was told of {ip}: server {row.server_id} is {_row(row)}"
        case ServerFailed(ip=ip, why=why):
            return f"MailWizz was not told of {ip}{because(why)}; it is tried again"
        case ServerUnknown(ip=ip, attempt=attempt, why=why):
            after = f" after {several(attempt - 1, 'look')}" if attempt > 1 else ""
            return (
                f"whether MailWizz took what it was told of {ip} is not known{after}{because(why)}"
            )
        case ServerReleased(ip=ip):
            return f"the delivery server of {ip} is free for another address"
        case _:
            assert_never(told.event)


def _row(row: ServerRow) -> str:
    """0 means unlimited there."""
    daily = f"{row.daily:,} a day" if row.daily else "no limit a day"
    hourly = f"{row.hourly:,} an hour" if row.hourly else "no limit an hour"
    return f"{row.status}, {daily}, {hourly}"
