"""A morning's look at a tenant's capacity, with the results of its addresses."""

from engine.commands.tenant import JudgeCapacity
from engine.ids import IpAddr
from engine.projections.capacity import CAPACITY
from engine.projections.traffic import TRAFFIC_VIEW
from engine.reactors import rotation
from engine.rules.capacity.rotation import active
from engine.rules.capacity.tired import Tired, tired
from engine.runtime.real import turn
from engine.runtime.views import Views

AT_ONCE = 50  # addresses between two moments in which others may have the loop


async def looked(command: JudgeCapacity, views: Views) -> JudgeCapacity:
    """As the views stand now."""
    view = views.get(CAPACITY, command.slug)
    addresses = dict(view.addresses())
    found: dict[IpAddr, Tired] = {}
    for number, ip in enumerate(active(addresses)):
        if number % AT_ONCE == AT_ONCE - 1:
            await turn()
        mail = views.get(TRAFFIC_VIEW, f"{command.slug}/{ip}")
        if why := tired(mail.days, addresses[ip].since, command.day):
            found[ip] = why
    return rotation.judged(command, view, found)
