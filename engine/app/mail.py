"""Mail to people, where no chat can be reached; never by way of what the engine watches."""

import asyncio
import socket

from engine import config as configuration
from engine.adapters.smtp import SmtpMailer
from engine.config import Mail
from engine.errors import StartRefused
from engine.ports import Mailer
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.runtime.perform.alert import Nobody
from engine.runtime.views import Views

NAME_S = 5  # for a name of a server or node


def mailer(mail: Mail | None) -> Mailer:
    """Raises StartRefused for a password that cannot be read."""
    if mail is None:
        return Nobody()
    password = configuration.secret(mail.password_file) if mail.password_file else ""
    return SmtpMailer(
        host=mail.server,
        port=mail.port,
        tls=mail.tls,
        user=mail.user,
        password=password,
        sender=mail.sender,
    )


async def refuse_watched(mail: Mail | None, views: Views) -> None:
    """Mail about an address that is listed must not go out of one.  Raises StartRefused."""
    if mail is None:
        return
    server = {mail.server.lower(), *await _addresses(mail.server)}
    for node, view in views.of(NODES).items():
        registered = view.registered
        if registered and server & {registered.host.lower(), *await _addresses(registered.host)}:
            raise StartRefused(
                f"[mail] server: {mail.server} is node {node}, which the engine watches: alerts"
                " about it would go out of it; name a server outside of the fleet"
            )
    for row in views.of(IPS).values():
        if row.ip in server:
            raise StartRefused(
                f"[mail] server: {mail.server} is {row.ip}, an address of the fleet; name a server"
                " outside of it"
            )


async def _addresses(host: str) -> set[str]:
    """None where the name is not known by now; then only names are compared."""
    ask = asyncio.get_running_loop().getaddrinfo
    try:
        async with asyncio.timeout(NAME_S):
            found = await ask(host, None, type=socket.SOCK_STREAM)
    except OSError:  # and TimeoutError, which is one
        return set()
    return {str(one[4][0]) for one in found}
