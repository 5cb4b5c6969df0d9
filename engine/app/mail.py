"""Mail to people, where no chat can be reached; never by way of what the engine watches."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Sequence

from engine import config as configuration
from engine import logs
from engine.adapters.smtp import SmtpMailer
from engine.config import Mail
from engine.errors import StartRefused
from engine.ports import Mailer, MessengerFailed
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.rules.redaction import fragment
from engine.runtime.perform.alert import Nobody
from engine.runtime.real import pause
from engine.runtime.views import Views

LOGS = logs.get("mail")
NAME_S = 5  # for a name of a server or node
GREET_S = 30
AGAIN_S = 600  # after a server that would take no mail


class Postman:
    """ports.Mailer: another one, of which it remembers why it took no mail the last time."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._trouble = ""

    async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
        await self._asks(self._mailer.mail(to, subject, text))

    async def greet(self) -> None:
        await self._asks(self._mailer.greet())

    def trouble(self) -> str:
        return self._trouble

    async def _asks(self, answer: Awaitable[None]) -> None:
        try:
            await answer
        except MessengerFailed as failure:
            self._hears(fragment(str(failure)))  # whoever asks after the health reads it
            raise
        except asyncio.CancelledError:
            self._hears("no answer in time")
            raise
        self._hears("")

    def _hears(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            LOGS.warning("mail.refused", why=trouble)
        elif self._trouble and not trouble:
            LOGS.info("mail.taken")
        self._trouble = trouble


async def greeted(mailer: Mailer) -> None:
    """Until the server would take a mail: people who rely on it hear before one is due that it
    would not.
    """
    while True:
        try:
            async with asyncio.timeout(GREET_S):
                await mailer.greet()
        except (MessengerFailed, TimeoutError):  # the postman says so, and remembers it
            await pause(AGAIN_S)
        else:
            return


def mailer(mail: Mail | None) -> Mailer:
    """Raises StartRefused for a file that cannot be read."""
    if mail is None:
        return Nobody()
    password = configuration.secret(mail.password_file) if mail.password_file else ""
    try:
        return SmtpMailer(
            host=mail.server,
            port=mail.port,
            tls=mail.tls,
            user=mail.user,
            password=password,
            sender=mail.sender,
            ca=mail.ca,
        )
    except OSError as problem:
        none = isinstance(problem, ssl.SSLError)  # whose own words are OpenSSL's
        why = "it holds no certificate in PEM" if none else problem.strerror
        raise StartRefused(f"[mail] ca: {mail.ca} cannot be used: {why}") from None


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
