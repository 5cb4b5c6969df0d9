"""The names that SMTP servers say."""

from typing import Protocol


class Greeter(Protocol):
    """Asks SMTP servers for their name, and sends nothing."""

    async def ehlo(self, host: str, port: int) -> str:
        """The name it says in answer to EHLO (RFC 5321 4.1.1.1), lower case; raises NotGreeted."""


class NotGreeted(Exception):
    """Nobody answered there, or not as an SMTP server does."""
