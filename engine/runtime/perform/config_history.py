"""Keeping what a node ran: each version of a file becomes a commit."""

import asyncio
from collections.abc import Sequence

from engine.commands.rollout import NoteCommit
from engine.effects import CommitVersion
from engine.errors import Rejected
from engine.events import Recorded
from engine.events.rollout import ROLLOUT, RolloutEnded, RolloutEvent, RolloutPlanned
from engine.ids import EngineId, Position, TenantId
from engine.ports import ConfigHistory, Deployed, Log, NotKept
from engine.rules.pmta_config import planned_file
from engine.rules.redaction import fragment
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.command import ask

NOBODY = TenantId("")
COMMIT_S = 60  # real seconds; on a good disk it takes milliseconds


class NothingKept:
    """Where no repository is kept."""

    async def commit(self, deployed: Deployed) -> str:
        raise NotKept(f"no repository is kept here; {deployed.node}/{deployed.tenant} stays out")

    async def head(self) -> tuple[Position, str] | None:
        return None


class Versions:
    def __init__(
        self, history: ConfigHistory, *, log: Log, handler: CommandHandler, engine: EngineId
    ) -> None:
        self._history, self._log, self._handler, self._engine = history, log, handler, engine

    async def commit(self, effect: CommitVersion) -> None:
        """Raises Rejected where it could not be written; it is tried again."""
        tenant = effect.tenant or NOBODY
        stream = f"{effect.node}/{tenant}"
        history = await self._log.read(ROLLOUT, stream, known_only=True)
        plan, done = nth_done(history, effect.version)
        tip = await self._log.tip()
        deployed = Deployed(
            node=effect.node,
            tenant=tenant,
            version=effect.version,
            text=planned_file.made(tenant, plan.vmtas, plan.own).text,
            at=done.at,
            trailers=(
                ("Engine", self._engine),
                ("Event", done.id),
                ("Overlay", str(plan.overlay)),
                ("File-SHA256", plan.digest),
                ("Log-Head", f"{tip.position} {tip.digest.hex()}"),
            ),
        )
        try:
            async with asyncio.timeout(COMMIT_S):
                commit = await self._history.commit(deployed)
        except NotKept as why:
            raise Rejected(fragment(str(why))) from why
        except TimeoutError as late:
            raise Rejected(f"the repository has not taken it within {COMMIT_S} s") from late
        note = NoteCommit(node=effect.node, tenant=tenant, version=effect.version, commit=commit)
        await ask(effect, note, self._handler)


def nth_done(
    history: Sequence[Recorded[RolloutEvent]], version: int
) -> tuple[RolloutPlanned, Recorded[RolloutEvent]]:
    """The plan that became this version, and its end.  Raises Rejected."""
    plan: RolloutPlanned | None = None
    count = 0
    for one in history:
        if isinstance(one.event, RolloutPlanned):
            plan = one.event
        elif isinstance(one.event, RolloutEnded) and one.event.ending == "done" and plan:
            count += 1
            if count == version:
                return plan, one
    raise Rejected(f"there is no version {version} of this file")
