"""SMTP servers, asked for their name.  The one place that imports aiosmtplib."""

from contextlib import suppress

import aiosmtplib

from engine.ids import parse_hostname
from engine.ports import NotGreeted

WITHIN_S = 5.0  # for each of connecting, EHLO and QUIT
_FAILURES = (aiosmtplib.SMTPException, OSError, ValueError)
OURS = "[127.0.0.1]"  # who has no name to give says an address (RFC 5321 4.1.4)


class SmtpGreeter:
    """ports.Greeter.  Nothing is encrypted, for nothing is said."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s

    async def ehlo(self, host: str, port: int) -> str:
        client = aiosmtplib.SMTP(
            hostname=host,
            port=port,
            local_hostname=OURS,
            timeout=self._within_s,
            use_tls=False,
            start_tls=False,
        )
        try:
            await client.connect()
            said = (await client.ehlo()).message
            with suppress(*_FAILURES):  # it has said its name, and that is all
                await client.quit()
        except _FAILURES as failure:
            raise NotGreeted(f"{host}:{port}: {_why(failure)}") from failure
        finally:
            client.close()
        return _name(host, port, said)


def _why(failure: Exception) -> str:
    message = getattr(failure, "message", "") or str(failure)
    return " ".join(str(message).split())[:200] or type(failure).__name__


def _name(host: str, port: int, said: str) -> str:
    """The first word of the answer is the server's domain (RFC 5321 4.1.1.1)."""
    first = (said.split() or [""])[0]
    try:
        return parse_hostname(first)
    except ValueError:
        raise NotGreeted(f"{host}:{port}: it says {first[:100]!r}, which is no host name") from None
