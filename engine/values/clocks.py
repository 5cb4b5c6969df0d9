"""Clocks that count messages by the day, beside the tenant's calendar."""

from datetime import datetime

from msgspec import Struct


class Clocks(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a raise must heed, as far as it is known."""

    zones: dict[str, str] = {}  # whose -> its time zone: a name, or hours from UTC as "+02:00"
    calm_at: datetime | None = None  # nothing is raised before; None: the clock ran as it should


class Wait(Struct, frozen=True, gc=False, kw_only=True):
    """A raise that is due, and waits."""

    until: datetime
    zones: dict[str, str] = {}  # those whose midnight it waits for
    stepped: bool = False  # the engine's own clock was stepped
    unlooked: bool = False  # nobody has looked at the lists of late, and a look is due

    def for_whom(self) -> str:
        """Whose midnight it waits for, and what else, for people to read."""
        said = ["an hour after the engine's clock was set"] if self.stepped else []
        if self.unlooked:
            said.append("a look at the block lists that is due, for the last one was long ago")
        zones = sorted(self.zones.items())
        return ", ".join([*said, *(f"midnight of {who} ({zone})" for who, zone in zones)])
