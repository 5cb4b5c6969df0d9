"""The warm-up tables that vendors have published, by name, in messages a day for one address.

Where a vendor publishes an hourly figure the day is 24 of them; where it publishes how long each
figure stands, ``days`` says so by stage.  A plan gives every stage the same number of days, so a
figure that stands for several days is a stage that comes so many times.
"""

from collections.abc import Mapping
from typing import NamedTuple

DEFAULT = "default"


class Ladder(NamedTuple):
    caps: tuple[int, ...]  # messages a day, by stage
    stage_days: int
    source: str


def _lasting(*stages: tuple[int, int]) -> tuple[int, ...]:
    """Daily caps of (cap, days) by (cap, days)."""
    return tuple(cap for cap, days in stages for _ in range(days))


# sendgrid/docs@c3eb3fef6, ui/sending-email/warming-up-an-ip-address.md: by day, an hour's share.
SENDGRID_HOURLY = (
    *(20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810, 1_000, 1_587, 2_222, 3_111, 4_356),
    *(6_098, 8_583, 11_953, 16_734, 23_427, 32_798, 45_917, 64_284, 89_998, 125_997, 176_395),
    *(246_953, 345_735, 484_029, 677_640, 948_696, 1_328_175, 1_859_444, 2_603_222),
)

LADDERS: Mapping[str, Ladder] = {
    DEFAULT: Ladder((50, 200, 500, 1_500, 5_000, 10_000), 7, "DESIGN §4"),
    "sendgrid": Ladder(
        tuple(24 * share for share in SENDGRID_HOURLY),
        1,
        "sendgrid/docs@c3eb3fef6, warming-up-an-ip-address.md, hourly figures times 24",
    ),
    "sendgrid-manual": Ladder(
        (
            *(50, 100, 500, 1_000, 5_000, 10_000, 20_000, 40_000, 70_000, 100_000, 150_000),
            *(250_000, 400_000, 600_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000),
        ),
        1,
        "sendgrid/docs@c3eb3fef6, IPWarmupSchedule.pdf",
    ),
    "sparkpost": Ladder(
        (
            *(200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 50_000, 75_000, 100_000),
            *(150_000, 200_000, 250_000, 325_000, 400_000, 500_000, 600_000, 750_000, 1_000_000),
            *(1_250_000, 1_750_000, 2_000_000, 3_000_000, 4_250_000, 5_000_000, 6_000_000),
            *(7_500_000, 10_000_000),
        ),
        1,
        "SparkPost/support-docs@2cb4102c, automatic IP warm-up, stages 1 to 29; 30 is done",
    ),
    "mailtrap": Ladder(
        (
            *(300, 390, 510, 660, 860, 1_100, 1_400, 1_900, 2_400, 3_200, 4_100, 5_400, 7_000),
            *(9_100, 11_800, 15_400, 20_000, 26_000, 33_700, 43_900, 57_000),
        ),
        1,
        "Mailtrap's documentation of its warm-up, as read on 2026-11-24",
    ),
    "3ava": Ladder(
        _lasting((50, 2), (200, 3), (1_000, 3), (5_000, 5), (20_000, 5), (50_000, 7), (100_000, 1)),
        1,
        "3AVA's warm-up phases, as read on 2026-11-24; the last one has no end",
    ),
    "sendbolt": Ladder(
        (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000),
        1,
        "SendBolt's tiers, a day each at the fastest, as read on 2026-11-24",
    ),
    "misar": Ladder(
        _lasting((50, 2), (200, 3), (500, 2), (2_000, 7), (5_000, 7), (10_000, 9)),
        1,
        "misar's 30 days, as read on 2026-11-24",
    ),
    "mailrush": Ladder(
        _lasting(
            *((150, 3), (200, 7), (250, 20), (350, 15), (500, 15), (600, 15), (750, 15), (1_000, 1))
        ),
        1,
        "mailrush.io, limits by age of the account, as read on 2026-11-24",
    ),
}
