"""The fleet as it stands, asked of a running engine."""

from msgspec.structs import replace

from engine.cli.client import Client
from engine.cli.reading import Row, pages
from engine.ids import IpAddr, NodeId, TenantId
from engine.rules.fleet.declared import Chat, Domain, Fleet, Ip, Node, Tenant
from engine.rules.fleet.plan import Place, Stands
from engine.values.plan import Plan


def stands(source: Client) -> Stands:
    """Nothing of it is older than the end of the log when it was asked.  Raises Failed."""
    position: int = source.get("log", "head")["position"]
    rows = {
        kind: list(pages(source, kind, at_least=position))
        for kind in ("tenants", "nodes", "domains", "ips", "chats")
    }
    fleet = Fleet(
        tenants=tuple(map(_tenant, rows["tenants"])),
        nodes=tuple(map(_node, rows["nodes"])),
        domains=tuple(map(_domain, rows["domains"])),
        ips=tuple(map(_ip, rows["ips"])),
        chats=tuple(map(_chat, rows["chats"])),
    )
    zones = source.get("blacklists", "zones")["items"]
    gone = {row["address"] for row in pages(source, "servers", at_least=position) if row["gone"]}
    places = {
        IpAddr(row["address"]): _place(row, server_gone=row["address"] in gone)
        for row in rows["ips"]
    }
    said = source.get("chats", "configured")
    configured = tuple(said["chats"]) if said["bot"] else None
    return Stands(position, fleet, places, tuple(zone["zone"] for zone in zones), configured)


def declared(found: Stands) -> Fleet:
    """As a file says it: one that is on its way out is told so, and the ladder of one that people
    start is theirs to give.
    """
    ips = (_said(one, found.places[one.address]) for one in found.fleet.ips)
    return found.fleet._replace(ips=tuple(ips))


def _said(ip: Ip, place: Place) -> Ip:
    return replace(ip, removed=place.leaving, plan=None if ip.warmup == "manual" else ip.plan)


def _tenant(row: Row) -> Tenant:
    return Tenant(
        slug=TenantId(row["slug"]),
        name=row["name"],
        brand_domain=row["brand_domain"],
        sending_domain_base=row["sending_domain_base"],
        day_tz=row["day_tz"],
        mailwizz=row["mailwizz"],
        quota="unlimited" if row["quota"] is None else row["quota"],
        authority=row["authority"],
        list_actions=row["zone_actions"],
    )


def _node(row: Row) -> Node:
    return Node(
        name=NodeId(row["name"]),
        host=row["host"],
        host_key=row["host_key"],
        port=row["port"],
        user=row["user"],
        config_dir=row["config_dir"],
        pmta=row["pmta"],
        authority=row["authority"],
    )


def _domain(row: Row) -> Domain:
    return Domain(
        domain=row["domain"],
        tenant=TenantId(row["tenant"]),
        selectors=tuple(row["selectors"]),
        dkim_keys=row["dkim_keys"],
        mail_from=row["mail_from"],
        helo=row["helo"],
        purposes=tuple(row["purposes"]),
    )


def _ip(row: Row) -> Ip:
    plan = row["plan"]
    return Ip(
        address=IpAddr(row["address"]),
        tenant=TenantId(row["tenant"]),
        purpose=row["purpose"],
        node=NodeId(row["node"]),
        hostname=row["given_hostname"],
        warmup=row["warmup"]["mode"],
        plan=Plan(
            name=plan["ladder"],
            caps=tuple(plan["caps"]),
            stage_days=plan["stage_days"],
            active_per_day=plan["active_per_day"],
            interpolation=plan["interpolation"],
            day_rule=plan["day_rule"],
        ),
        server_id=row["server"]["server_id"] if row["server"] else None,
    )


def _chat(row: Row) -> Chat:
    return Chat(
        chat=row["chat"],
        tenant=TenantId(row["tenant"]) if row["tenant"] else None,
        platform=row["platform"] or None,
        severity=row["severity"],
        quiet=row["quiet"],
        quiet_tz=row["quiet_tz"] if row["quiet"] else None,
    )


def _place(row: Row, *, server_gone: bool) -> Place:
    leaving = row["removal"] is not None
    return Place(row["phase"], row["reason"] or "", leaving, row["hostname"], server_gone)
