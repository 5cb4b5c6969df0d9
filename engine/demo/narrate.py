"""The story in a person's words, a line for each event that moves it."""

from engine.events import Event, Recorded
from engine.events.alert import AlertTold
from engine.events.dnsbl import DnsblLooked
from engine.events.domain import DomainRegistered
from engine.events.ip import IpRegistered, IpStopped, StageEntered, WarmupFinished
from engine.events.node import QueuesPaused, QueuesResumed
from engine.events.rollout import RolloutEnded
from engine.events.server import ServerTold
from engine.events.tenant import TenantCreated
from engine.events.zone import ZoneHealthChanged
from engine.ids import IpAddr
from engine.values.evidence import Guards
from engine.values.levers import Levers, PerDay


class Narrator:
    """Says each thing once: what a stopped address hears every four hours is only in the log."""

    def __init__(self) -> None:
        self._stopped: set[IpAddr] = set()
        self._told: set[str] = set()

    def line(self, recorded: Recorded[Event]) -> str | None:
        """None for what is only worth reading in the log."""
        match recorded.event:
            case TenantCreated(slug=slug, name=name):
                return f"tenant {slug} ({name}) created"
            case DomainRegistered(domain=domain):
                return f"{domain} registered for {recorded.tenant}"
            case IpRegistered(ip=ip):
                return f"{ip} registered for {recorded.tenant}"
            case StageEntered(ip=ip) as entered:
                self._stopped.discard(ip)
                return _stage(entered)
            case WarmupFinished(ip=ip, vmta=vmta):
                return f"{ip} has finished its warm-up: ACTIVE, {_cap(vmta.levers)}"
            case IpStopped(ip=ip, zones=zones):
                self._stopped.add(ip)
                return f"{ip} is listed by {', '.join(zones)}, confirmed by a second look: stopped"
            case DnsblLooked(ip=ip, answers=answers) if ip not in self._stopped:
                hits = [zone for zone, answer in answers.items() if answer.verdict == "listed"]
                return f"  a look finds {ip} on {', '.join(hits)}" if hits else None
            case AlertTold(alert=alert, messages=messages) if messages:
                return self._message(alert)
            case _:
                return _outcome(recorded)

    def _message(self, alert: str) -> str:
        how = "message edited" if alert in self._told else "message sent"
        self._told.add(alert)
        _, name, subject = alert.split("#")[0].split("/", 2)
        return f"  Telegram: {name.replace('_', ' ')}, {subject} ({how})"


def _stage(entered: StageEntered) -> str:
    cap = _cap(entered.vmta.levers)
    if isinstance(entered.evidence, Guards):
        return f"{entered.ip} starts its warm-up at stage {entered.stage}: {cap}"
    return f"{entered.ip} reaches stage {entered.stage}: {cap}"


def _outcome(recorded: Recorded[Event]) -> str | None:
    match recorded.event:
        case RolloutEnded(ending="done", node=node, changed=changed):
            ips = ", ".join(f"{ip} {_levers(levers)}" for ip, levers in changed.items())
            return f"  {node}: {recorded.tenant}.conf tested and reloaded ({ips})"
        case RolloutEnded(ending=ending, why=why):
            return f"  rollout {ending}: {why}"
        case ServerTold(wish=wish, row=row) if wish.on:
            return f"  MailWizz: {row.hostname} on, {row.daily:,} a day, {row.hourly:,} an hour"
        case ServerTold(row=row):
            return f"  MailWizz: {row.hostname} off"
        case QueuesPaused(ip=ip) if recorded.cause.endswith("/1"):
            return f"  queues of {ip} paused"
        case QueuesResumed(ip=ip):
            return f"  queues of {ip} resumed"
        case ZoneHealthChanged(zone=zone, health=health) if health != "alive":
            return f"  {zone} is {health}: its answers count for nothing"
        case _:
            return None


def _cap(levers: Levers) -> str:
    return f"{levers.output.cap:,} a day" if isinstance(levers.output, PerDay) else "paused"


def _levers(levers: Levers) -> str:
    return _cap(levers) if levers.intake == "open" else "out of its pool"
