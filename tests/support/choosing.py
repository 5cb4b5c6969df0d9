"""A tenant with two addresses, who chooses how PowerMTA is configured for them."""

from typing import Any

from tests.support.api_world import ApiWorld, Client, Said
from tests.support.spec import NODE

IP, SECOND = "1.2.3.4", "1.2.3.5"
CONFIG = "/api/v2/powermta/config"
FIRST = {"name": "pmta-vmta0", "ip": IP, "hostname": "mail1.sos-mail.com"}
OTHER = {"name": "pmta-vmta1", "ip": SECOND, "hostname": "mail2.sos-mail.com"}


async def ready(world: ApiWorld) -> tuple[Client, Client]:
    """Two tenants' clients; the first has two addresses, and a key lies on the node."""
    _, sos, ulixai = await world.two_tenants()
    for ip in (IP, SECOND):
        new = {"address": ip, "purpose": "marketing", "warmup": "manual"}
        assert (await sos.post("/api/v2/ips", new)).status == 201
    world.pmta.host(NODE).keys["/path/to/dkim.pem"] = b"public"
    return sos, ulixai


async def put(client: Client, *vmtas: Any, query: str = "") -> Said:
    return await client.ask("PUT", f"{CONFIG}{query}", {"virtual_mtas": list(vmtas)})
