"""SMTP servers that say their names, in memory."""

import asyncio

from engine.ports import NotGreeted


class FakeGreeter:
    """``names``: by "host:port"; nobody else answers."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.takes_s = 0.1

    async def ehlo(self, host: str, port: int) -> str:
        await asyncio.sleep(self.takes_s)
        if (name := self.names.get(f"{host}:{port}")) is None:
            raise NotGreeted(f"{host}:{port}: nobody listens")
        return name
