"""An address that is to send nothing for a while, and goes on afterwards where it stood."""

from engine.api import auth, ips, reviews, warmups
from engine.api.call import Answer, Call
from engine.api.decode import words
from engine.commands.ip_pause import PauseIp, ResumeIp


async def pause(call: Call, body: ips.Because) -> Answer:
    reason = words("$.reason", body.reason)
    return await ips.move(call, body, PauseIp(ip=ips.named(call), reason=reason))


async def resume(call: Call, body: warmups.Perhaps) -> Answer:
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    reviews.none_of(call, tenant, "no address is resumed")
    command = ResumeIp(ip=ips.named(call), reason=warmups.given_reason(body))
    return await ips.move(call, body, command)
