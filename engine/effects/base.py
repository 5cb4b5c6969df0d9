"""Work to be done in the world, as data.  Its outcome comes back as an event.

Every effect is of one class (DESIGN §1): a Look changes nothing, a Touch changes a node or
MailWizz, a Tell speaks to people, a Dispatch (``command.py``) asks a decider.
"""

from functools import cached_property
from typing import Any

from msgspec import Struct

from engine.events import Category
from engine.ids import EffectKey, NodeId, Position, TenantId
from engine.values import authority
from engine.values.target import Target

Stream = tuple[Category[Any], str]  # and its key


class Do(Struct, frozen=True, kw_only=True, tag_field="type", dict=True):
    """One piece of work; equal keys are the same piece.

    Its ``dict`` is for what is asked of it at every pass of the pump and never changes.
    """

    tenant: TenantId | None  # None: the platform's own
    cycle: Position  # the event that made it necessary
    attempt: int = 1

    @property
    def stop(self) -> bool:
        """A stop never waits for other work."""
        return False

    @property
    def concerns(self) -> tuple[str, ...]:
        """Who must let the engine act before it is done; nobody, unless it is a Touch."""
        return ()

    @property
    def decided_by(self) -> tuple[Stream, ...]:
        """Streams whose decisions a Touch carries out."""
        return ()

    @property
    def target(self) -> Target:
        """What it works on; the work on one target is done in order."""
        raise AssertionError(f"{type(self).__name__} names no target")

    @property
    def subject(self) -> str:
        return self.target.name

    @cached_property
    def key(self) -> EffectKey:
        return EffectKey(f"{self.kind}/{self.subject}/{self.cycle}/{self.attempt}")

    @property
    def kind(self) -> str:
        return str(self.__struct_config__.tag)


class Look(Do, frozen=True, kw_only=True):
    """Changes nothing."""


class Tell(Do, frozen=True, kw_only=True):
    """Speaks to people; never withheld, and the one thing that may happen twice."""


class Touch(Do, frozen=True, kw_only=True):
    """Changes the world; withheld unless everyone it concerns lets the engine act."""

    node: NodeId

    @property
    def concerns(self) -> tuple[str, ...]:
        """The node's own file concerns no tenant."""
        tenant = [authority.over_tenant(self.tenant)] if self.tenant else []
        return authority.ENGINE, authority.over_node(self.node), *tenant

    @property
    def target(self) -> Target:
        return Target("node", self.node)
