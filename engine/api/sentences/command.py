"""What people and programs asked for, and what became of it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.api.sentences.words import names
from engine.events import Recorded
from engine.events.command import CommandEvent

# By tag; a command that is not here is named by its tag.  Most of the engine's own are never kept.
ASKED: Mapping[str, str] = {
    "alert.acknowledge": "acknowledge the alert {alert}",
    "alert.silence": "silence the alert {alert} until {until}",
    "authority.set": "set the authority over {over} to {mode}: {why}",
    "chat.remove": "have nothing told in chat {chat} any more",
    "chat.route": "have alerts told in chat {chat}",
    "domain.register": "register the sending domain {domain}",
    "domain.change": "change the sending domain {domain}",
    "domain.check": "look at the DNS of {domain}",
    "domain.remove": "remove the sending domain {domain}",
    "host.show": "ask {host} for its key, to be node {node}",
    "host.confirm": "confirm the host key {fingerprint} of {node}",
    "domain.ask_key": "have a DKIM key for {domain}",
    "domain.drop_key": "drop the DKIM key {selector} of {domain}",
    "host.register": "register the node {node} at {host}",
    "host.want_file": "have the engine's own file on {node} as the configuration says",
    "ip.register": "register {ip} for {purpose} on {node}",
    "ip.request_warmup": "warm up {ip}",
    "ip.hold_warmup": "hold the warm-up of {ip}",
    "ip.resume_warmup": "resume the warm-up of {ip}",
    "ip.step_back_stage": "step {ip} back to stage {stage}",
    "ip.skip_stage": "let {ip} begin stage {stage} now: {reason}",
    "ip.acknowledge_listing": "bear the listing of {ip} by {zone}: {reason}",
    "ip.end_acknowledgement": "bear the listing of {ip} by {zone} no longer",
    "ip.lift_suspicion": "believe what {zone} says of {ip}: {reason}",
    "ip.release_stop": "release the stop of {ip}: {reason}",
    "ip.check_lists": "ask the block lists about {ip} now",
    "ip.remove": "remove {ip}: {reason}",
    "ip.retire": "retire {ip} ({how})",
    "ip.quarantine": "quarantine {ip}: {reason}",
    "ip.release": "release {ip}: {reason}",
    "ip.record_remedy": "record what {ip} was listed for: {cause}; done about it: {remedy}",
    "key.issue": "issue the key {key}",
    "key.revoke": "revoke the key {key}: {why}",
    "key.end": "let the key {successor} take the place of {key}",
    "tenant.create": "create the tenant {slug}",
    "tenant.change": "change the tenant {slug}",
    "rollout.approve": "let choices {overlay} of {tenant} go on {node}: {reason}",
    "rollout.end_conflict": "{end} the edit in the file of {tenant} on {node}: {reason}",
    "tenant.set_overlay": "set what is chosen for the VirtualMTAs of {slug}",
    "tenant.restore_overlay": "bring back version {version} of the choices of {slug}: {reason}",
    "tenant.pause_job": "pause the mail of job {job} of {slug}: {reason}",
    "tenant.resume_job": "resume the mail of job {job} of {slug}: {reason}",
    "tenant.end_review": "end the review of {slug}: {reason}",
    "tenant.suspend": "suspend {slug}: {reason}",
    "tenant.resume": "resume {slug}: {reason}",
    "ip.suspend": "suspend {ip}",
    "ip.end_suspension": "let {ip} go on",
    "ip.pause": "pause {ip}: {reason}",
    "ip.resume": "resume {ip}",
    "tenant.set_capacity": "set the plans and the rotation of {slug}",
    "tenant.set_zone_actions": "set what a listing does to the addresses of {slug}",
}


def say(told: Recorded[CommandEvent]) -> str:
    event = told.event
    commands = msgspec.json.decode(event.commands, type=list[dict[str, Any]])
    asked = names(map(_asked, commands), "do nothing", "; ")
    return f"{event.actor} asked to {asked} — {_outcome(event)}"


def _asked(command: Mapping[str, Any]) -> str:
    words = ASKED.get(str(command["type"]), str(command["type"]))
    return words.format_map(defaultdict(str, command))


def _outcome(event: CommandEvent) -> str:
    match event.outcome:
        case "accepted":
            return "done"
        case "unchanged":
            return "it was so already"
        case "rejected":
            return f"refused: {event.why}" if event.why else "refused"
