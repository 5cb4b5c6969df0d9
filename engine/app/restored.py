"""An older log than the one that was led here: it was restored, and the engine only observes.

Each commit of a configuration names the head of the log at that moment.  A log that ends before the
newest of them has lost what came after, and what it believes of nodes and MailWizz is old.
"""

from engine import logs
from engine.commands import By
from engine.commands.authority import SetAuthority
from engine.events.authority import AUTHORITY
from engine.ids import Position
from engine.ports import ConfigHistory, Log, NotKept
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.notes import ENGINE as ACTOR
from engine.values.authority import ENGINE

LOGS = logs.get("engine")
BY = By(tenant=None, actor=ACTOR, cause="start")


async def stand_down(log: Log, history: ConfigHistory | None, handler: CommandHandler) -> None:
    """Before anything acts.  Once for each end that was lost: then a person has decided."""
    kept = await _kept(history)
    tip = await log.tip()
    if kept is None or kept[0] <= tip.position:
        return
    mark = f"{kept[0]}:{kept[1][:16]}"
    told = await log.read(AUTHORITY, ENGINE)
    if any(mark in one.event.why for one in told):
        return
    why = (
        f"the history of configurations knows the log up to {mark}, and it ends at {tip.position}:"
        " an older one was restored"
    )
    observe = SetAuthority(over=ENGINE, mode="observe", why=why, unasked=True)
    await handler.handle([Asked(observe, None)], BY)
    LOGS.critical("engine.observes", why=why)


async def _kept(history: ConfigHistory | None) -> tuple[Position, str] | None:
    """A repository that cannot be read proves nothing, and says so when it is written to."""
    if history is None:
        return None
    try:
        return await history.head()
    except NotKept as why:
        LOGS.warning("history.unread", why=str(why))
        return None
