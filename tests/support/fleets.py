"""Fleet files for property tests, and the fleet that an engine makes of one."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from engine.app import fleet_file
from engine.ids import IpAddr, NodeId
from engine.rules.fleet.declared import Domain, Fleet, Ip, Node, Tenant
from engine.rules.fleet.of_ips import PURPOSE
from engine.rules.fleet.plan import Place, Stands
from engine.rules.warmup.plans import DEFAULT_PLAN

ZONES = ("zen.spamhaus.org", "psbl.surriel.com")
SLUGS = ("acme", "sos-expat", "x1")
NODES = ("mta-1", "mta-2")
ADDRESSES = ("1.2.3.4", "1.2.3.5", "9.9.9.9", "2a00:1450:4001::5")
DOMAINS = ("a-mail.com", "news.b-mail.com", "xn--bcher-kva.com")
ACTIONS = st.sampled_from(["standby", "retire", "alert", "none"])
MODES = st.sampled_from(["observe", "act"])
HOSTS = st.sampled_from(["", "m1.a-mail.com", "m2.b-mail.com"])
PURPOSES = st.sampled_from(["news", "marketing", "t-1"])

Table = dict[str, Any]

_TENANT = {
    "day_tz": st.sampled_from(["UTC", "Europe/Berlin"]),
    "quota": st.just("unlimited") | st.integers(10, 10**9),
    "authority": MODES,
    "list_actions": st.dictionaries(st.sampled_from(ZONES), ACTIONS),
}
_NODE = {
    "port": st.integers(1, 65_535),
    "user": st.sampled_from(["email-engine", "_pmta"]),
    "config_dir": st.just("/opt/pmta"),
    "pmta": st.just("/opt/pmta/bin/pmta"),
    "authority": MODES,
}
_DOMAIN = {
    "selectors": st.just(["default", "s2"]),
    "dkim_keys": st.just({"default": "/etc/pmta/keys/a.pem"}) | st.just({}),
    "mail_from": st.sampled_from(["", "bounces.a-mail.com"]),
    "helo": HOSTS,
    "purposes": st.lists(PURPOSES, unique=True, max_size=2),
}
_CHAT = {
    "severity": st.sampled_from(["info", "warning", "critical"]),
    "quiet": st.sampled_from(["", "22:00-07:00"]),
}
_TENANTS_CHATS, _PLATFORMS_CHATS = ("-1001234", "4242"), ("-1005678", "7")
_IP = {"purpose": PURPOSES, "hostname": HOSTS}
_NAMED = st.fixed_dictionaries(
    {"ladder": st.sampled_from(["default", "sendgrid", "mailtrap", "3ava"])},
    optional={
        "active_per_day": st.sampled_from([600, 5_000, 40_000]),
        "day_rule": st.just("delivered_90"),
    },
)
_OWN = st.fixed_dictionaries(
    {"caps": st.sampled_from([[10], [50, 200], [50, 50, 120, 500]])},
    optional={
        "stage_days": st.integers(1, 7),
        "interpolation": st.sampled_from(["step", "geometric"]),
    },
)
_LADDERS: st.SearchStrategy[Table] = st.just({}) | st.just({"warmup": "manual"}) | _NAMED | _OWN


@st.composite
def files(draw: st.DrawFn) -> Table:
    """A file that can be applied to an engine that has nothing yet."""
    slugs = draw(st.lists(st.sampled_from(SLUGS), min_size=1, unique=True))
    nodes = draw(st.lists(st.sampled_from(NODES), min_size=1, unique=True))
    tenant = st.fixed_dictionaries({"tenant": st.sampled_from(slugs)})
    domains = draw(st.lists(st.sampled_from(DOMAINS), unique=True))
    addresses = draw(st.lists(st.sampled_from(ADDRESSES), unique=True))
    theirs = draw(
        st.lists(st.tuples(st.sampled_from(_TENANTS_CHATS), st.sampled_from(slugs)), unique=True)
    )
    ours = draw(st.lists(st.sampled_from(_PLATFORMS_CHATS), unique=True))
    heard: list[Table] = [{"chat": chat, "tenant": slug} for chat, slug in theirs]
    heard += [{"chat": chat, "platform": True} for chat in ours]
    node = {"node": st.sampled_from(nodes)}
    where = st.fixed_dictionaries(node) if len(nodes) > 1 else _some(node)
    return {
        "tenants": [_tenant(slug) | draw(_some(_TENANT)) for slug in slugs],
        "nodes": [_node(name) | draw(_some(_NODE)) for name in nodes],
        "domains": [{"domain": one} | draw(tenant) | draw(_some(_DOMAIN)) for one in domains],
        "ips": [
            {"address": one} | draw(tenant) | draw(where) | draw(_some(_IP)) | draw(_LADDERS)
            for one in addresses
        ],
        "chats": [one | _in_berlin(draw(_some(_CHAT))) for one in heard],
    }


def _some(of: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Table]:
    return st.fixed_dictionaries({}, optional=of)


def _in_berlin(chat: Table) -> Table:
    """A time zone goes with hours."""
    return chat | {"quiet_tz": "Europe/Berlin"} if chat.get("quiet") else chat


def _tenant(slug: str) -> Table:
    return {
        "slug": slug,
        "name": f"{slug} & Söhne",
        "brand_domain": f"{slug}.com",
        "sending_domain_base": f"{slug}-mail.com",
    }


def _node(name: str) -> Table:
    return {"name": name, "host": f"{name}.a-mail.com", "host_key": "ssh-ed25519 AAAA"}


def fleet(table: Table) -> Fleet:
    return fleet_file.read(table, "fleet.toml").fleet


def stands(made: Fleet, places: Mapping[IpAddr, Place] | None = None) -> Stands:
    """What an engine that had nothing has after it: what was not said is its default."""
    nodes = [one.name for one in made.nodes]
    known = Fleet(
        tuple(map(_stands_tenant, made.tenants)),
        tuple(map(_stands_node, made.nodes)),
        tuple(map(_stands_domain, made.domains)),
        tuple(_stands_ip(one, nodes[0]) for one in made.ips),
        tuple(_or(one, severity="info", quiet="") for one in made.chats),
    )
    new = {one.address: Place("STANDBY", "new", hostname=one.hostname or "") for one in known.ips}
    return Stands(1, known, {**new, **(places or {})}, ZONES)


def _or(one: Any, **defaults: Any) -> Any:
    unsaid = {name: text for name, text in defaults.items() if getattr(one, name) is None}
    return replace(one, **unsaid)


def _stands_tenant(one: Tenant) -> Tenant:
    found: Tenant = _or(
        one, day_tz="UTC", mailwizz=None, quota="unlimited", authority="act", list_actions={}
    )
    return found


def _stands_node(one: Node) -> Node:
    found: Node = _or(
        one,
        port=22,
        user="email-engine",
        config_dir="/etc/pmta",
        pmta="/usr/sbin/pmta",
        authority="act",
    )
    return found


def _stands_domain(one: Domain) -> Domain:
    found: Domain = _or(
        one, selectors=("default",), dkim_keys={}, mail_from="", helo="", purposes=()
    )
    return found


def _stands_ip(one: Ip, node: NodeId) -> Ip:
    found: Ip = _or(one, purpose=PURPOSE, node=node, hostname="", warmup="auto", plan=DEFAULT_PLAN)
    return found
