"""Keeps MailWizz's delivery servers as the addresses need them, and looks every hour."""

from collections.abc import Iterator
from datetime import datetime

from engine.commands.server import ClaimServer, ReleaseServer
from engine.effects import Dispatch, FindServer, ReadServer, TellServer
from engine.ids import InstanceId
from engine.projections.servers import SERVERS, Server
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import timing
from engine.values.server import ServerName


def react(view: Server, now: datetime) -> Agenda:
    if view.instance is None or not (view.hostname or view.claimed):
        return Agenda()
    return agenda(list(_wants(view, view.instance)), now)


def _wants(view: Server, instance: InstanceId) -> Iterator[Want]:
    tenant, ip, node = view.tenant, view.ip, view.node
    if view.planned is not None and view.claimed:
        retry, since = view.look.retry, view.look.since
        read = ReadServer(
            tenant=tenant, ip=ip, server=view.claimed, cycle=since, attempt=retry.attempt
        )
        yield Want(read, retry.at)
        return
    if not view.withdrawn:
        yield _find(view, instance)
    if view.claimed is None:
        if view.row is not None and not view.withdrawn:
            yield _claim(view, ServerName(instance, view.row.server_id))
    elif view.wish is not None and view.told != view.wish:
        retry, since = view.tell.retry, view.tell.since
        tell = TellServer(
            tenant=tenant,
            node=node,
            ip=ip,
            server=view.claimed,
            wish=view.wish,
            ours=view.ours,
            cycle=since,
            attempt=retry.attempt,
        )
        yield Want(tell, retry.at or view.after)
    elif view.withdrawn:
        yield _dispatch(view, ReleaseServer(server=view.claimed, ip=view.ip, ours=view.ours))


def _find(view: Server, instance: InstanceId) -> Want:
    retry, since = view.look.retry, view.look.since
    find = FindServer(
        tenant=view.tenant,
        ip=view.ip,
        instance=instance,
        hostname=view.hostname,
        server_id=view.claimed.server_id if view.claimed else None,
        cycle=since,
        attempt=retry.attempt,
    )
    regular = view.looked_at + timing.MAILWIZZ_EVERY if view.looked_at else None
    return Want(find, retry.at or regular)


def _claim(view: Server, server: ServerName) -> Want:
    return _dispatch(view, ClaimServer(server=server, ip=view.ip))


def _dispatch(view: Server, command: ClaimServer | ReleaseServer) -> Want:
    retry, since = view.claim.retry, view.look.since
    step = Dispatch(tenant=view.tenant, command=command, cycle=since, attempt=retry.attempt)
    return Want(step, retry.at)


MAILWIZZ = Reactor(name="mailwizz", reads=SERVERS, react=react)
