"""Numbers that a configuration may change, with their defaults (DESIGN §12)."""

from datetime import timedelta

from msgspec import Struct

from engine.ids import InstanceId, NodeId, TenantId
from engine.values.traffic import Source

KEY_DIRS = ("/etc/pmta/dkim", "/etc/pmta/keys")  # of a node whose table says nothing


class Tuning(Struct, frozen=True, gc=False, kw_only=True):
    node_look_every: timedelta = timedelta(minutes=1)
    domain_check_every: timedelta = timedelta(hours=24)
    list_look_sooner: timedelta = timedelta(hours=1)  # at who deserves it; 4 h: nobody
    smtp_port: int = 25  # where nodes are asked for their name; 0: they are not
    image_every: int = 25_000  # events between two images of the views
    accounting: dict[NodeId, Source] = {}  # nodes whose traffic is counted
    campaigns: dict[InstanceId, TenantId] = {}  # whose campaigns an API shows
    key_dirs: dict[NodeId, tuple[str, ...]] = {}  # where a node's DKIM keys may lie
    passwords: bool = False  # of SMTP users lie in a secrets_dir
    accounting_every: timedelta = timedelta(minutes=5)
    alert_repeat: timedelta = timedelta(hours=4)  # until it is acknowledged; 0: told once
    storm: int = 20  # messages to one chat within storm_within; more become one
    storm_within: timedelta = timedelta(minutes=10)
    mail_after: timedelta = timedelta(minutes=10)  # of a messenger that reaches nobody

    watch: timedelta = timedelta(minutes=10)  # of what a node runs since a rollout; 0: none
    change_share: float = 0.2  # of VMTAs or pools may one rollout take away unasked; 1: all

    def keys_of(self, node: NodeId) -> tuple[str, ...]:
        return self.key_dirs.get(node, KEY_DIRS)
