"""Numbers that a configuration may change, with their defaults (DESIGN §12)."""

from datetime import timedelta

from msgspec import Struct


class Tuning(Struct, frozen=True, gc=False, kw_only=True):
    node_look_every: timedelta = timedelta(minutes=1)
    domain_check_every: timedelta = timedelta(hours=24)
    smtp_port: int = 25  # where nodes are asked for their name; 0: they are not
    image_every: int = 50_000  # events between two images of the views
