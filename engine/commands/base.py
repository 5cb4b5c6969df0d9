"""What a command has in common, and who asks."""

from typing import ClassVar

from msgspec import Struct

from engine.ids import Actor, CommandId, TenantId


class Ask(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A command body.  Imperative; may be rejected."""

    stranger: ClassVar[str] = "not found"  # what is said about another tenant's stream
    stranger_code: ClassVar[str] = "not_found"
    rises: ClassVar[bool] = False  # more is sent by it: refused in review and suspension
    stop: ClassVar[bool] = False  # goes before all else, and is never refused for what is unknown


class By(Struct, frozen=True, kw_only=True):
    """For whom and why commands are given."""

    tenant: TenantId | None  # None: for the platform
    actor: Actor
    cause: str
    id: CommandId | None = None  # None: a reactor's own dispatch, kept nowhere
    asked: str = ""  # digest of the request as it came; "": only the commands tell it apart
