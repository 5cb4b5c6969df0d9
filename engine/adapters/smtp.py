"""SMTP servers, asked for their name or given mail.  The one place that imports aiosmtplib."""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal

import aiosmtplib

from engine.adapters.egress import GUARDED, Egress
from engine.ids import parse_hostname
from engine.ports import MessengerFailed, NotGreeted

WITHIN_S = 5.0  # for each of connecting, EHLO and QUIT
_FAILURES = (aiosmtplib.SMTPException, OSError, ValueError)
OURS = "[127.0.0.1]"  # who has no name to give says an address (RFC 5321 4.1.4)


class SmtpGreeter:
    """ports.Greeter.  Nothing is encrypted, for nothing is said."""

    def __init__(self, within_s: float = WITHIN_S, egress: Egress = GUARDED) -> None:
        self._within_s = within_s
        self._egress = egress

    async def ehlo(self, host: str, port: int) -> str:
        client = aiosmtplib.SMTP(
            local_hostname=OURS, timeout=self._within_s, use_tls=False, start_tls=False
        )
        try:
            await client.connect(sock=await self._egress.connected(host, port, self._within_s))
            said = (await client.ehlo()).message
            with suppress(*_FAILURES):  # it has said its name, and that is all
                await client.quit()
        except _FAILURES as failure:
            raise NotGreeted(f"{host}:{port}: {_why(failure)}") from failure
        finally:
            client.close()
        return _name(host, port, said)


class SmtpMailer:
    """ports.Mailer, by one server that relays for us."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: Literal["starttls", "tls", "none"],
        user: str,
        password: str,
        sender: str,
        ca: str = "",
        within_s: float = 2 * WITHIN_S,
    ) -> None:
        """``ca``: a PEM file; raises OSError if it is none."""
        self._trust = None if tls == "none" else ssl.create_default_context(cafile=ca or None)
        self._host, self._port, self._tls = host, port, tls
        self._user, self._password = user, password
        self._sender = sender
        self._within_s = within_s

    async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
        try:
            async with self._client() as client:
                message = self._message(to, subject, text)
                refused, _ = await client.send_message(
                    message, sender=self._sender, recipients=list(to)
                )
        except _FAILURES as failure:
            raise MessengerFailed(self._said("did not take the mail", _why(failure))) from None
        if refused:
            said = "; ".join(f"{one}: {why}" for one, why in refused.items())
            raise MessengerFailed(self._said("did not take the mail", said))

    async def greet(self) -> None:
        try:
            async with self._client() as client:
                await client.ehlo()
        except _FAILURES as failure:
            why = self._said("would take no mail; check [mail]", _why(failure))
            raise MessengerFailed(why) from None

    def _client(self) -> aiosmtplib.SMTP:
        """Once it is entered it is encrypted as asked, and logged in."""
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=OURS,
            timeout=self._within_s,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            tls_context=self._trust,
            username=self._user or None,
            password=self._password or None,
        )

    def _message(self, to: Sequence[str], subject: str, text: str) -> EmailMessage:
        """A robot's: nobody's holiday answers it (RFC 3834)."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = ", ".join(to)
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message

    def _said(self, what: str, why: str) -> str:
        said = f"{self._host}:{self._port} {what}: {why}"
        return said.replace(self._password, "<password>") if self._password else said


def _why(failure: Exception) -> str:
    if (untrusted := _untrusted(failure)) is not None:
        return (
            f"its certificate is not to be believed ({untrusted.verify_message}), and it got"
            " nothing; name it in [mail] server as its certificate does, and who signed it in"
            " [mail] ca"
        )
    message = getattr(failure, "message", "") or str(failure)
    return " ".join(str(message).split())[:200] or type(failure).__name__


def _untrusted(failure: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """It lies beneath what aiosmtplib makes of it."""
    while failure is not None and not isinstance(failure, ssl.SSLCertVerificationError):
        failure = failure.__cause__ or failure.__context__
    return failure


def _name(host: str, port: int, said: str) -> str:
    """The first word of the answer is the server's domain (RFC 5321 4.1.1.1)."""
    first = (said.split() or [""])[0]
    try:
        return parse_hostname(first)
    except ValueError:
        raise NotGreeted(f"{host}:{port}: it says {first[:100]!r}, which is no host name") from None
