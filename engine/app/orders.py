"""What people ask for in a chat, given to the command handler once there is one."""

from engine.commands import By, Command
from engine.errors import KeyReused, LogUnavailable, VersionConflict
from engine.ids import Actor, TenantId
from engine.runtime.command_handler import Asked, CommandHandler


class Orders:
    handler: CommandHandler | None = None

    async def __call__(self, command: Command, tenant: TenantId, actor: Actor) -> str:
        """ "" when it was done, or was so already; else why not."""
        if self.handler is None:
            return "the engine is still starting; ask again in a minute"
        request = self.handler.new_id()
        by = By(tenant=tenant, actor=actor, cause=request, id=request)
        try:
            completed, _ = await self.handler.handle([Asked(command, tenant)], by)
        except (LogUnavailable, VersionConflict, KeyReused) as failed:
            return f"{failed}; ask again"
        return completed.why if completed.outcome == "rejected" else ""
