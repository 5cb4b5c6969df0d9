"""The engine's own life."""

from typing import assert_never

from engine.api.sentences.words import names
from engine.events import Recorded
from engine.events.engine import (
    ApiErrorsSeen,
    ClockStepped,
    DiskSeen,
    EngineEvent,
    EngineLed,
    LoginsLooked,
    ResolverChecked,
)
from engine.ids import IpAddr
from engine.values.login import Login


def say(told: Recorded[EngineEvent]) -> str:
    match told.event:
        case ClockStepped(engine=engine, by_s=by_s):
            way = "back" if by_s < 0 else "forward"
            set_by = f"was set {way} by {abs(by_s):,} s"
            return f"the clock of {engine} {set_by}; no cap is raised for an hour"
        case EngineLed(engine=engine, epoch=epoch, version=version):
            return f"the engine {engine} took the lead: epoch {epoch}, version {version}"
        case LoginsLooked(changed=changed) if changed:
            return f"SMTP users: {'; '.join(_login(ip, one) for ip, one in changed.items())}"
        case LoginsLooked():
            return f"the passwords of {told.tenant}'s SMTP users are as they were"
        case ResolverChecked(faults=faults) if faults:
            return f"not fit to ask block lists: {names(faults)}"
        case ResolverChecked():
            return "the name servers that are asked are fit to ask block lists"
        case DiskSeen(directory=directory, percent=percent):
            return f"the disk under {directory} is {percent} % full"
        case ApiErrorsSeen(standing=standing, errors=errors, requests=requests, minutes=minutes):
            below = "; that is clearly below 1 % again" if standing == "ok" else ""
            chance = "; so few may be chance" if standing == "crossed" else ""
            counted = f"{errors:,} of {requests:,} requests in {minutes} minutes"
            return f"the engine failed {counted} itself{below}{chance}"
        case _:
            assert_never(told.event)


def _login(ip: IpAddr, one: Login) -> str:
    if not one.secret:
        return f"{ip} has none ({one.why})"
    worse = f", for {one.why}" if one.why else ""
    return f"that of {ip} has the password {one.secret}{worse}"
