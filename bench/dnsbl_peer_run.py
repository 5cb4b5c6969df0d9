"""pydnsbl, run by the Python of an environment of its own: asks as it is told on stdin.

It knows no other port than 53, so its resolver is given one that does; nothing else is changed.
"""

import asyncio
import importlib
import json
import sys
from time import perf_counter
from typing import Any


def main() -> None:
    told = json.load(sys.stdin)
    checker: Any = importlib.import_module("pydnsbl.checker")
    provider: Any = importlib.import_module("pydnsbl.providers").Provider
    plain = checker.aiodns.DNSResolver

    def resolver(**settings: Any) -> Any:
        port = told["port"]
        return plain(nameservers=["127.0.0.1"], udp_port=port, tcp_port=port, **settings)

    checker.aiodns.DNSResolver = resolver
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    asker = checker.DNSBLIpChecker(providers=[provider(zone) for zone in told["zones"]], loop=loop)

    async def asked() -> list[Any]:
        return await asyncio.gather(*map(asker.check_async, told["ips"]))

    began = perf_counter()
    found = loop.run_until_complete(asked())
    seconds = perf_counter() - began
    listed = sum(len(one.detected_by) for one in found)
    failed = sum(len(one.failed_providers) for one in found)
    json.dump({"seconds": seconds, "listed": listed, "failed": failed}, sys.stdout)


if __name__ == "__main__":
    main()
