"""What an effect works on; effects on one target go in order."""

from typing import Literal, NamedTuple


class Target(NamedTuple):
    kind: Literal[
        "ip",
        "dns",
        "dnsbl",
        "node",
        "server",
        "alert",
        "key",
        "tenant",
        "traffic",
        "git",
        "secrets",
        "dkim",
        "campaigns",
    ]
    name: str
