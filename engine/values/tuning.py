"""Numbers that a configuration may change, with their defaults (DESIGN §12)."""

from datetime import timedelta

from msgspec import Struct


class Tuning(Struct, frozen=True, gc=False, kw_only=True):
    node_look_every: timedelta = timedelta(minutes=1)
    image_every: int = 100_000  # events between two images of the views
