"""Wishes that were not carried out."""

from collections.abc import Mapping
from typing import assert_never

from engine.api.sentences.words import because
from engine.events import Recorded
from engine.events.effect import EffectEvent, EffectRefused, EffectStuck, EffectWithheld
from engine.ids import EffectKey

# By kind of effect; what it works on follows.
DOING: Mapping[str, str] = {
    "alert.tell": "telling people of",
    "command.dispatch": "the engine's own step",
    "dns.check_resolver": "checking the name servers:",
    "dns.look_at_ptr": "asking the reverse DNS of",
    "dns.validate_domain": "looking at the DNS of",
    "dnsbl.look_up": "asking the block lists about",
    "domain.lay_key": "laying the DKIM key",
    "domain.look_at_key": "looking for the record of the DKIM key",
    "domain.place_key": "laying on one node more the DKIM key",
    "domain.take_key_away": "taking away the DKIM key",
    "engine.look_for_logins": "looking for passwords of the SMTP users of",
    "node.look": "looking at",
    "traffic.note_rate": "noting the rate of",
    "traffic.read": "reading the accounting files of",
    "node.pause_job": "pausing the job",
    "node.resume_job": "resuming the job",
    "node.pause_queues": "pausing the queues of",
    "node.hold_queues": "pausing once more the queues of",
    "node.resume_queues": "resuming the queues of",
    "rollout.commit": "committing the configuration of",
    "rollout.deploy": "deploying the configuration of",
    "rollout.deploy_own": "deploying the engine's own file on",
    "rollout.read_back": "reading back the configuration of",
    "rollout.watch": "looking again at the configuration of",
    "rollout.restore": "putting back the configuration of",
    "rollout.read_own": "reading back the engine's own file on",
    "rollout.restore_own": "putting back the engine's own file on",
    "server.find": "looking for the MailWizz server of",
    "server.look_at_campaigns": "reading the campaigns of MailWizz",
    "server.read": "reading the MailWizz server of",
    "server.tell": "telling MailWizz about",
}


def say(told: Recorded[EffectEvent]) -> str:
    event = told.event
    what = f"{DOING.get(event.effect, event.effect)} {subject(event.effect, event.key)}"
    match event:
        case EffectWithheld(why=why, newer=True):
            return f"withheld: {what}{because(why)}"
        case EffectWithheld(why=why):
            return f"withheld: {what}; the engine only observes ({why})"
        case EffectRefused(why=why):
            return f"refused: {what}{because(why)}; it is tried again"
        case EffectStuck():
            return f"stuck: {what} ended and changed nothing; it is not begun again"
        case _:
            assert_never(event)


def subject(kind: str, key: EffectKey) -> str:
    """A key is kind, subject, cycle and attempt; a subject may hold slashes."""
    return key.removeprefix(f"{kind}/").rsplit("/", 2)[0]
