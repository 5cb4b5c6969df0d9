"""What people must hear of what was done or failed: stops, rollouts, servers, stuck effects."""

from typing import Any

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import IpRested, IpStopped, StageEntered, WarmupFinished
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    StopReleased,
)
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import NodeLooked, PauseFailed, QueuesPaused
from engine.events.rollout import ConflictEnded, RolloutEnded, RolloutUnknown
from engine.events.server import ServerFailed, ServerTold, ServerUnknown
from engine.ids import IpAddr, without_cycle
from engine.projections import alert_lists, alert_node, alert_warmup
from engine.projections.alert_change import NOTHING, Change
from engine.rules import dnsbl
from engine.rules.named import few
from engine.values.alert import Severity
from engine.values.levers import STOPPED

CAUSES = (
    *(IpStopped, StageEntered, IpRested, QueuesPaused, PauseFailed, StopReleased, WarmupFinished),
    *(ServerTold, ServerFailed, ServerUnknown, MailwizzLooked),
    *(RolloutEnded, RolloutUnknown, ConflictEnded, NodeLooked, EffectRefused, EffectStuck),
)


def of(event: Any) -> tuple[tuple[str, str], ...]:
    match event:
        case IpStopped(ip=ip):
            return ("ip_listed", ip), (alert_lists.NOTED, ip)
        case StageEntered() | IpRested() | QueuesPaused() | PauseFailed() | StopReleased():
            return (("ip_listed", event.ip),)
        case WarmupFinished(ip=ip):
            return (("warmup_finished", ip),)
        case ServerTold(ip=ip) | ServerFailed(ip=ip) | ServerUnknown(ip=ip):
            return ("ip_listed", ip), ("mailwizz_failed", ip)
        case MailwizzLooked(ips=ips):
            return tuple(("no_server", ip) for ip in ips)
        case RolloutEnded(node=node, changed=changed):
            return ("rollout", node), *(("ip_listed", ip) for ip in changed)
        case RolloutUnknown(node=node) | ConflictEnded(node=node):
            return (("rollout", node),)
        case NodeLooked(node=node):
            return (("node_silent", node),)
        case EffectRefused(target=target) if target.kind == "server":
            return (("mailwizz_failed", target.name),)
        case EffectStuck(key=key):
            return (("effect_stuck", without_cycle(key)),)
        case _:
            return ()


def change(facts: dict[str, str], name: str, subject: str, recorded: Recorded[Event]) -> Change:
    match name:
        case "ip_listed":
            return _listed(facts, recorded)
        case "rollout":
            return _rollout(recorded.event)
        case "no_server":
            return _no_server(IpAddr(subject), recorded.event)
        case "mailwizz_failed":
            return _mailwizz(recorded.event)
        case _:
            return _other(recorded.event)


def _listed(facts: dict[str, str], recorded: Recorded[Event]) -> Change:
    at = f"{recorded.at:%Y-%m-%d %H:%M}Z"
    match recorded.event:
        case IpStopped() as stopped:
            return _stopped(stopped)
        case QueuesPaused() if facts.get("PowerMTA", "").startswith(_PENDING):
            return Change(facts={"PowerMTA": f"queues paused at {at}"})
        case PauseFailed(why=why):
            return Change(facts={"PowerMTA": f"{_PENDING}; the last try failed: {why}"})
        case RolloutEnded(ending="done", changed=changed) if _is_stopped(facts, changed):
            return Change(facts={"Pool": f"taken out of the configuration at {at}"})
        case ServerTold(wish=wish) if not wish.on:
            return Change(facts={"MailWizz": f"delivery server off at {at}"})
        case ServerFailed() | ServerUnknown() as tried:
            return Change(facts={"MailWizz": f"{_PENDING}; {_tried(tried)}"})
        case StageEntered(stage=stage):
            back = {"Back": f"clean again; warms up from stage {stage} since {at}"}
            return Change(facts=back, clears=True)
        case IpRested(why=why):
            return Change(facts={"Back": f"rests since {at} ({why})"}, clears=True)
        case StopReleased(reason=reason):
            back = {"Back": f"released at {at}, for the list is held in suspicion: {reason}"}
            return Change(facts=back, clears=True)
        case ListingCleared() as cleared:
            return Change(facts={"Delisted": alert_lists.delisted(cleared, at)}, late=True)
        case ListingAcknowledged() | AcknowledgementEnded():
            return Change(facts=alert_lists.borne(recorded))
        case _:
            return alert_node.job(facts, recorded)


_PENDING = "being stopped"


def _tried(event: ServerFailed | ServerUnknown) -> str:
    if isinstance(event, ServerFailed):
        return f"the last try failed: {event.why}"
    return f"whether the last try did it is not known: {event.why or _LATE}"


_LATE = "no answer in time"


def _stopped(event: IpStopped) -> Change:
    zones = "; ".join(f"{zone} ({', '.join(codes)})" for zone, codes in event.zones.items())
    pages = [dnsbl.delisting_page(zone, event.ip) for zone in event.zones]
    return Change(
        fires=True,
        anew=True,
        severity="critical",
        title="IP blacklisted",
        facts={
            "IP": event.ip,
            "Node": event.node,
            "Pool": f"{event.vmta.purpose}; being taken out of the configuration",
            "Listed by": zones,
            **({"Probable cause": alert_warmup.job(event.jobs[0])} if event.jobs else {}),
            **({"Receivers say": "; ".join(event.said)} if event.said else {}),
            "PowerMTA": _PENDING,
            "MailWizz": _PENDING,
            "Delisting": " ".join(page for page in pages if page) or "see the list's own page",
            "Next": "find the cause before asking for delisting; it warms up again once clean."
            " If the list itself proves to be at fault: /release <address>",
        },
    )


def _is_stopped(facts: dict[str, str], changed: dict[IpAddr, Any]) -> bool:
    ip = IpAddr(facts.get("IP", ""))
    return changed.get(ip) == STOPPED


def _rollout(event: Event) -> Change:
    match event:
        case RolloutEnded(kind="too_large"):
            return NOTHING  # it has an alert of its own
        case RolloutEnded(ending="done"):
            return Change(facts={"Now": "the configuration is deployed"}, clears=True)
        case ConflictEnded(end="adopt", reason=reason):
            return Change(facts={"Now": "the edit stays", "Reason": reason}, clears=True)
        case RolloutEnded(node=node, ending=ending, kind=kind, why=why):
            what = f"{ending} ({kind})" if kind else ending
            facts = {"Node": node, "What": what, "Why": why, "Next": _NEXT.get(kind or ending, "")}
            if still := _some(event):
                facts["Standing still"] = still
            title = "Configuration not deployed"
            severity: Severity = "critical" if ending == "conflict" else "warning"
            return Change(fires=True, severity=severity, title=title, facts=facts)
        case RolloutUnknown(node=node, why=why):
            facts = {"Node": node, "Unknown": "whether the planned file runs", "Why": why}
            title = "Outcome of a rollout unknown"
            return Change(fires=True, doubt=True, severity="critical", title=title, facts=facts)
        case _:
            return NOTHING


STILL_NAMED = 10


def _some(event: RolloutEnded) -> str:
    """What must send less than the old file lets it."""
    named = few(event.still, STILL_NAMED)
    return f"{named}: they must send less than the old file lets them" if named else ""


_NEXT = {
    "conflict": "the engine's own file was edited by hand; nothing is written until an admin says"
    " adopt or overwrite: GET and POST /api/v2/powermta/nodes/<node>/conflict",
    "foreign": "PowerMTA's configuration fails without our change; its owner must mend it",
    "invalid": "the old configuration runs; the rollout is planned anew",
    "not_included": "add the include line named above to PowerMTA's configuration",
    "fenced": "another engine process leads on this node",
    "node": "the old configuration runs; the rollout is planned anew",
}


def _no_server(ip: IpAddr, event: Event) -> Change:
    if not isinstance(event, MailwizzLooked) or event.why:
        return NOTHING
    if ip in event.rows:
        return Change(facts={"Now": "a delivery server was found"}, clears=True)
    why = "no row has its hostname"
    if ip in event.several:
        why = "several rows carry its hostname, and none of them is chosen"
    elif ip in event.taken:
        why = "the row with its hostname is another address's"
    elif ip in event.gone:
        why = "its row is gone"
    return Change(
        fires=True,
        severity="warning",
        title="No MailWizz delivery server",
        facts={
            "MailWizz": event.instance,
            "Why": why,
            "Next": "make one delivery server with this hostname, or name the server:"
            " POST /api/v2/ips/<address>/server",
        },
    )


def _mailwizz(event: Event) -> Change:
    match event:
        case ServerTold():
            return Change(facts={"Now": "MailWizz was told"}, clears=True)
        case ServerFailed(ip=ip, why=why) | EffectRefused(target=(_, ip), why=why):
            facts = {"IP": ip, "Why": why, "Next": "it is tried again; PowerMTA's cap holds anyway"}
            title = "MailWizz not told"
            return Change(fires=True, severity="warning", title=title, facts=facts)
        case ServerUnknown(ip=ip, why=why):
            facts = {
                "IP": ip,
                "Unknown": "whether its delivery server has the quota and the status last written",
                "Why": why or _LATE,
                "Next": "it is looked at until MailWizz answers; PowerMTA's cap holds anyway",
            }
            title = "Outcome at MailWizz unknown"
            return Change(fires=True, doubt=True, severity="warning", title=title, facts=facts)
        case _:
            return NOTHING


def _other(event: Event) -> Change:
    match event:
        case WarmupFinished(ip=ip, vmta=vmta):
            facts = {"IP": ip, "Pool": vmta.purpose, "Now": "ACTIVE"}
            return Change(fires=True, anew=True, over=True, title="Warm-up finished", facts=facts)
        case NodeLooked(paused=None, node=node, why=why):
            facts = {"Node": node, "Why": why}
            title = "Node does not answer"
            return Change(fires=True, doubt=True, severity="critical", title=title, facts=facts)
        case NodeLooked():
            return Change(facts={"Now": "it answers again"}, clears=True)
        case EffectStuck(key=key, effect=effect):
            work = without_cycle(key).removeprefix(f"{effect}/")
            facts = {"Effect": effect, "On": work, "Why": "it ended and changed nothing"}
            title = "Effect stuck"
            return Change(fires=True, anew=True, severity="warning", title=title, facts=facts)
        case _:
            return NOTHING
