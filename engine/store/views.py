"""The read models' names and the columns they declare, as ``sql/migrations`` made them."""

from collections.abc import Iterable, Mapping

VIEWS: Mapping[str, tuple[str, ...]] = {
    "tenants": (),
    "ips": ("phase", "reason", "node", "purpose"),
    "listings": ("listed",),
    "rollouts": ("node", "state"),
    "rollout_mail": (),
    "nodes": (),
    "pauses": (),
    "servers": ("instance", "state"),
    "alerts": ("name", "severity", "state"),
    "authorities": ("mode",),
    "domains": ("status",),
    "effects": ("state",),
    "audit": ("actor", "outcome"),
    "keys": (),
    "zones": ("health",),
    "traffic": (),
    "accounting": (),
    "owners": (),
    "quotas": (),
    "results": (),
    "resolvers": (),
    "logins": (),
    "node_files": (),
    "dkim_keys": (),
    "key_places": (),
    "counters": (),
    "counted_ips": (),
    "capacity": (),
    "idling": (),
    "limits": (),
    "clocks": (),
    "campaigns": (),
    "chats": (),
    "chat_routes": (),
}

# No tenant reads these, whoever a row belongs to: they hold what is seen across tenants.
PLATFORM_VIEWS = frozenset(
    {
        "nodes",
        "node_files",
        "pauses",
        "authorities",
        "keys",
        "zones",
        "accounting",
        "owners",
        "resolvers",
        "clocks",
        "chats",
    }
)


def check_names(projection: str, columns: Iterable[str]) -> None:
    """Names go into SQL as they are, so only declared ones may; raises KeyError for others."""
    if projection not in VIEWS:
        raise KeyError(f"there is no view {projection!r}")
    strange = sorted(set(columns) - set(VIEWS[projection]))
    if strange:
        raise KeyError(f"view {projection!r} declares no column {', '.join(strange)}")
