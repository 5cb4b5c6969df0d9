"""Every event in a sentence: it names the thing and the why, and no position of the log."""

from typing import Any, get_args

import pytest
from msgspec import Raw

from engine.api.sentences import SAYS, command, sentence
from engine.api.sentences.effect import DOING
from engine.api.sentences.words import NAMED_MAX, names, nth, output
from engine.commands import Command
from engine.effects import Effect
from engine.events import Event
from engine.events.command import CommandCompleted
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpStopped
from engine.events.node import NodeLooked
from engine.events.rollout import RolloutEnded
from engine.events.server import ServerTold
from engine.events.traffic import FilesLooked
from engine.events.zone import ZoneAsked
from engine.ids import Actor, CommandId, IpAddr, Position, ServerId, Zone
from engine.rules import ladder
from engine.values.evidence import Guards
from engine.values.levers import STOPPED, Levers, Unlimited
from engine.values.server import ServerRow
from engine.values.verdict import Answer
from tests.support import samples
from tests.support.event_samples import SAMPLES
from tests.support.sample_values import OFF
from tests.support.spec import DAY_1, IP, NODE, PSBL, ZEN, record, vmta

# What each must name: the thing, and the why or the evidence.
NAMED = {
    "alert.acknowledged": ("engine", "ip listed", "203.0.113.7"),
    "alert.silenced": ("ip listed", "203.0.113.7", "2026-01-05 09:00"),
    "alert.resolved": ("ip listed", "203.0.113.7", "over"),
    "chat.lost": ("-100300", "blocked by the user"),
    "chat.found": ("-100300", "again"),
    "chat.routed": ("-100300", "warning", "22:00-07:00 Europe/Paris"),
    "chat.removed": ("-100300", "no more"),
    "alert.fired": ("critical", "ip listed", "203.0.113.7"),
    "alert.told": ("203.0.113.7", "1 chat"),
    "alert.telling_failed": ("203.0.113.7", "bot was blocked"),
    "authority.set": ("act", "acme", "created with authority act"),
    "command.completed": ("key:4k2", "warm up 203.0.113.7", "not found"),
    "dns.fcrdns_looked": ("203.0.113.7", "mail1.acme.example"),
    "dns.domain_dropped": ("acme.example", "203.0.113.7", "1 address"),
    "dns.domain_validated": ("acme.example", "SPF is wrong", "PTR is not known", "08:45"),
    "dnsbl.looked": ("203.0.113.7", "zen.spamhaus.org (127.0.0.2)", "dnsbl.sorbs.net"),
    "domain.changed": ("acme.example", "default, 2026", "bounces.acme.example", "marketing"),
    "domain.check_asked": ("acme.example", "engine", "now"),
    "domain.registered": ("acme.example", "default, 2026", "bounces.acme.example", "marketing"),
    "domain.removed": ("acme.example", "no longer"),
    "effect.refused": ("configuration of pmta-1/acme", "a rollout is open"),
    "effect.stuck": ("configuration of pmta-1/acme",),
    "effect.withheld": ("configuration of pmta-1/acme", "node-pmta-1"),
    "engine.led": ("main", "epoch 3", "0.1.0"),
    "host.shown": ("10.0.0.5", "22", "SHA256:aR5vv7GW", "pmta-1", "once a person has confirmed"),
    "host.registered": ("pmta-1", "10.0.0.5", "22", "email-engine", "ssh-ed25519"),
    "ip.cap_limited": ("203.0.113.7", "50 a day", "quota of 80 a day", "come to 250"),
    "ip.monitoring_began": ("203.0.113.7", "cleaned", "7 clean days"),
    "ip.quarantined": ("203.0.113.7", "leaked password"),
    "ip.registered": ("203.0.113.7", "acme", "marketing", "pmta-1", "by itself"),
    "ip.removal_asked": ("203.0.113.7", "given back"),
    "ip.removed": ("203.0.113.7", "12 recipients", "the host is gone"),
    "ip.withdrawn": ("203.0.113.7", "pmta-1"),
    "ip.remedy_recorded": ("203.0.113.7", "an old list", "removed it"),
    "ip.rested": ("203.0.113.7", "30 days", "5 days to drain"),
    "ip.retirement_began": ("203.0.113.7", "7 steps"),
    "ip.retirement_stepped": ("203.0.113.7", "step 1 of 7", "50 a day"),
    "ip.stage_entered": ("203.0.113.7", "stage 1", "50 a day", "mail1.acme.example", "sorbs"),
    "ip.stopped": ("203.0.113.7", "zen.spamhaus.org (127.0.0.2)", "second look", "1st"),
    "ip.warmup_held": ("203.0.113.7", "by a person: a new list of recipients", "cap stays"),
    "ip.warmup_paused": ("203.0.113.7", "29 hard bounces of 350", "until a person resumes it"),
    "ip.warmup_resumed": ("203.0.113.7", "50 a day", "by a person: the list was cleaned"),
    "ip.warmup_stepped_back": ("203.0.113.7", "stage 1", "50 a day", "yahoo: 29 hard bounces"),
    "ip.stage_skipped": ("203.0.113.7", "stage 2", "50 a day", "it was warm elsewhere"),
    "ip.warmup_finished": ("203.0.113.7", "ACTIVE", "7 days counted", "4 were needed"),
    "ip.warmup_requested": ("203.0.113.7", "guards"),
    "key.issued": ("4k2", "acme", "read, operate"),
    "key.revoked": ("4k2", "lost"),
    "mailwizz.looked": ("main", "203.0.113.7", "server 3"),
    "node.looked": ("pmta-1", "2026-01-01 00:00:00", "acme--203-0-113-7"),
    "node.pause_failed": ("203.0.113.7", "pmta-1", "no answer in time"),
    "node.queues_held": ("203.0.113.7", "pmta-1", "once more", "no answer in time"),
    "node.queues_paused": ("203.0.113.7", "pmta-1", "stand still"),
    "node.job_paused": ("spring", "pmta-1"),
    "node.job_pause_failed": ("spring", "pmta-1", "no such command"),
    "node.job_resumed": ("spring", "pmta-1"),
    "node.job_resume_failed": ("spring", "pmta-1", "no answer in time"),
    "tenant.job_pause_asked": ("spring", "pmta-1", "complaints"),
    "tenant.job_resume_asked": ("spring", "pmta-1", "it was cleaned"),
    "engine.disk_seen": ("/var/lib/email-engine", "81 %"),
    "engine.api_errors_seen": ("12 of 300", "10 minutes"),
    "traffic.rate_seen": ("203.0.113.7", "complaint", "0.1 %", "6 of 1,000"),
    "traffic.stop_leaked": ("203.0.113.7", "7 messages", "pmta-1"),
    "node.queues_seen": ("pmta-1", "203.0.113.7", "40 recipients"),
    "node.queues_resumed": ("203.0.113.7", "pmta-1", "run again"),
    "node.resume_failed": ("203.0.113.7", "pmta-1", "no answer in time"),
    "rollout.ended": ("pmta-1", "acme", "203.0.113.7", "50 a day"),
    "rollout.planned": ("pmta-1", "acme", "1 address", "efefefefefef", "none"),
    "rollout.committed": ("pmta-1", "acme", "version 1", "cdcdcdcdcdcd"),
    "rollout.conflict_ended": ("pmta-1", "acme", "overwritten", "edited by mistake"),
    "rollout.approved": ("pmta-1", "acme", "choices 2", "the old addresses are given back"),
    "rollout.canary_passed": ("pmta-1", "choices 2", "pmta-2 goes first", "pmta-3"),
    "rollout.breached": ("version 2", "acme", "pmta-1", "is not defined", "choices 1 are brought"),
    "rollout.watched": ("version 1", "acme", "pmta-1", "stood its watch", "pmta-2 may follow"),
    "rollout.watch_unanswered": ("pmta-1", "version 1", "acme", "not known", "not running"),
    "rollout.torn": ("pmta-1", "efefefefefef", "PowerMTA runs something else"),
    "rollout.unknown": ("pmta-1", "acme", "connection lost", "not known"),
    "server.claimed": ("203.0.113.7", "main", "3"),
    "server.failed": ("203.0.113.7", "no such row"),
    "server.planned": ("203.0.113.7", "on", "50 a day", "10 an hour"),
    "server.told": ("203.0.113.7", "server 3", "active", "50 a day", "10 an hour"),
    "server.released": ("203.0.113.7",),
    "server.unknown": ("203.0.113.7", "connection lost"),
    "tenant.changed": ("acme", "Acme Ltd", "mail.acme.example"),
    "tenant.created": ("acme", "UTC", "acme.example", "main"),
    "file.read": ("acct-2026-01-05-0001.csv", "0 to 4,096", "12 rows", "1 deleted", "2 unreadable"),
    "file.looked": ("3 accounting files", NODE, "10 bytes wait", "acct-2026-01-01-0001.csv"),
    "traffic.counted": ("203.0.113.7", "9 delivered", "1 deferred", "2 bounced", "0 complaints"),
    "domain.key_asked": ("ee20260105", "acme.example", "rsa", "pmta-1"),
    "domain.key_dropped": ("ee20260105", "acme.example", "no more"),
    "domain.key_laid": ("ee20260105._domainkey.acme.example", "pmta-1"),
    "domain.key_looked": ("ee20260105", "not published", "no TXT record"),
    "domain.key_not_laid": ("ee20260105", "disk full", "tried again"),
    "domain.key_not_removed": ("ee20260105", "connection lost", "tried again"),
    "domain.key_published": ("ee20260105", "seen in the DNS"),
    "domain.key_removed": ("ee20260105", "no node any more"),
    "domain.key_revoked": ("ee20260105", "p= empty"),
    "domain.key_used": ("ee20260105", "in place of ee20251001"),
    "host.file_wanted": ("pmta-1", "/var/log/pmta/ee-main.csv", "/var/log/pmta/ee", "5m"),
    "engine.logins_looked": (
        "203.0.113.7",
        "acme--203-0-113-7.2",
        "203.0.113.9 has none",
        "no file",
    ),
    "engine.resolver_checked": ("192.0.2.53:53", "not fit"),
    "mailwizz.campaigns_counted": ("ab12cd34ef567", "97 delivered", "2 bounced", "1 complaints"),
    "clock.stepped": ("main", "back", "3,600 s", "an hour"),
    "ip.limiter_paused": ("203.0.113.7", "61", "50", "2026-01-05 09:00Z"),
    "ip.limiter_ended": ("203.0.113.7", "day has turned"),
    "ip.raise_waits": ("203.0.113.7", "PowerMTA on pmta-1 (-05:00)", "clock was set", "09:00Z"),
    "ip.acknowledgement_ended": ("203.0.113.7", "zen.spamhaus.org", "its time is over"),
    "ip.listing_acknowledged": ("zen.spamhaus.org", "2026-01-05 09:00Z", "a rented range"),
    "ip.listing_cleared": ("203.0.113.7", "zen.spamhaus.org", "clean"),
    "ip.listing_noted": ("zen.spamhaus.org (127.0.0.10)", "sends nothing"),
    "ip.lists_check_asked": ("203.0.113.7", "zen.spamhaus.org"),
    "ip.stop_released": ("203.0.113.7", "WARMING", "stage 2", "50 a day", "trouble of its own"),
    "ip.suspicion_lifted": ("203.0.113.7", "zen.spamhaus.org", "the list is right"),
    "tenant.overlay_set": ("acme", "version 1", "pmta-vmta0", "50/day", "drained: 203.0.113.9"),
    "tenant.capacity_set": ("acme", "40,000 a day", "2026-02-14", "starts and retires"),
    "tenant.capacity_judged": ("acme", "2026-01-05", "203.0.113.7 starts", "40,000"),
    "ip.rewarm_began": ("203.0.113.7", "since 2025-12-05", "31 days", "4,000 a day", "stage 1"),
    "tenant.pool_exhausted": ("acme", "marketing", "exhausted"),
    "tenant.pool_refilled": ("acme", "marketing", "taken again"),
    "tenant.review_began": ("acme", "203.0.113.7", "within 7 days", "until an admin"),
    "tenant.review_ended": ("acme", "the list was cleaned"),
    "tenant.suspended": ("acme", "an unpaid invoice"),
    "tenant.resumed": ("acme", "it was paid"),
    "ip.suspended": ("203.0.113.7", "output paused", "an unpaid invoice"),
    "ip.suspension_ended": ("203.0.113.7", "WARMING", "50 a day"),
    "ip.paused": ("203.0.113.7", "output paused", "the list is being cleaned"),
    "ip.pause_ended": ("203.0.113.7", "WARMING", "50 a day", "it is clean"),
    "key.ends": ("4k2", "9zq", "2026-01-06"),
    "domain.key_placed": ("ee20260105", "acme.example", "pmta-2"),
    "domain.key_not_placed": ("ee20260105", "acme.example", "pmta-2", "disk full", "tried again"),
    "tenant.zone_actions_set": ("acme", "zen.spamhaus.org: retire"),
    "zone.asked": ("zen.spamhaus.org", "507 questions", "497 clean", "3 not asked"),
    "zone.suspected": ("zen.spamhaus.org", "12 new hits among 59", "1 address"),
    "zone.suspicion_ended": ("zen.spamhaus.org", "0 new hits among 59"),
    "zone.health_changed": ("zen.spamhaus.org", "dead", "127.0.0.2 is not listed", "nothing"),
}


def said(event: Event) -> str:
    return sentence(record(1, event))


def tag(event: Event) -> str:
    return str(event.__struct_config__.tag)


def test_every_event_has_a_sentence_of_its_own() -> None:
    assert set(SAYS) == set(get_args(Event))
    assert len(set(map(said, SAMPLES))) == len(SAMPLES)


@pytest.mark.parametrize("event", SAMPLES, ids=tag)
def test_a_sentence_names_the_thing_and_the_why(event: Event) -> None:
    text = said(event)
    for named in NAMED[tag(event)]:
        assert named in text


@pytest.mark.parametrize("event", SAMPLES, ids=tag)
def test_a_sentence_is_one_short_line_without_names_from_the_code(event: Event) -> None:
    text = said(event)
    assert text.isprintable()
    assert len(text) < 220
    assert not {"Position", "None", "{", "}", "Struct", "_"} & set(text.split())
    assert tag(event) not in text


def test_no_sentence_tells_a_position() -> None:
    """A tenant reads it, and a position counts everybody's events."""
    far = Position(9_123_456)
    guards = Guards(hostname="h", fcrdns=far, lists=far, proved=(ZEN,), unproved=())
    moved = IpStopped(
        ip=IP, node=NODE, vmta=vmta(STOPPED), zones={ZEN: ()}, looked=far, at=DAY_1, earlier=0
    )
    assert "123" not in said(samples.stage(1, evidence=guards)) + said(moved)
    for event in SAMPLES:
        if tag(event).startswith("effect."):
            assert "/7/1" not in said(event)


def test_a_look_tells_apart_who_lists_who_refuses_who_is_silent_and_who_is_not_believed() -> None:
    answers = {
        ZEN: Answer("listed", codes=("127.0.0.2", "127.0.0.4")),
        PSBL: Answer("clean"),
        Zone("a.example"): Answer("refused"),
        Zone("b.example"): Answer("unanswered"),
        Zone("c.example"): Answer("listed", proof="unproved"),
    }
    text = said(DnsblLooked(ip=IP, round="r", answers=answers, catalogue=1))
    assert "5 block lists" in text
    assert f"finds it on {ZEN} (127.0.0.2, 127.0.0.4);" in text
    assert "1 list is clean" in text
    assert "refusing us: a.example" in text
    assert "silent: b.example" in text
    assert text.endswith("counting for nothing, as unproved: c.example")


def test_a_list_that_is_heard_through_another_was_put_no_question_of_its_own() -> None:
    part = ZoneAsked(zone=Zone("sbl.spamhaus.org"), round="1f", questions=0, clean=1, listed=0)
    words = "the block list sbl.spamhaus.org was put no question of its own: 1 clean"
    assert said(part) == words


def test_zero_of_mailwizz_reads_as_no_limit_and_a_big_number_has_separators() -> None:
    row = ServerRow(ServerId(3), "h", "active", 0, 0)
    assert "no limit a day, no limit an hour" in said(ServerTold(ip=IP, wish=OFF, row=row))
    assert output(ladder.active()) == "10,000 a day"
    assert output(Levers("open", Unlimited())) == "no limit a day"


def test_a_fleet_in_one_event_is_counted_beyond_the_first_few() -> None:
    changed = {IpAddr(f"203.0.113.{n}"): STOPPED for n in range(200)}
    text = said(RolloutEnded(node=NODE, ending="done", changed=changed))
    assert "203.0.113.0 intake closed, output paused" in text
    assert text.endswith("and 192 more")
    still = said(NodeLooked(node=NODE, paused=tuple(changed)))
    assert still.endswith("and 192 more")
    assert names(map(str, range(NAMED_MAX))) == "0, 1, 2, 3, 4, 5, 6, 7"


def test_a_node_that_is_silent_and_a_manual_warm_up_are_said() -> None:
    assert said(NodeLooked(node=NODE, paused=None, why="timeout")).endswith("not answer: timeout")
    manual = said(samples.registered(warmup="manual"))
    assert "when somebody asks for it and the guards hold" in manual


def test_what_somebody_compressed_is_said_to_be_unread() -> None:
    text = said(FilesLooked(node=NODE, files=2, packed=("acct-1.csv.gz",)))
    assert "not read, for they are compressed: acct-1.csv.gz" in text


def test_a_stage_that_is_reached_tells_the_days_that_counted() -> None:
    text = said(samples.stage(3))
    assert "reaches stage 3, 500 a day: 7 days counted since 2026-01-05, 4 were needed" in text


def test_the_retirement_that_closes_intake_says_so() -> None:
    closed = samples.retiring("at_once", Levers("closed", ladder.levers(3).output))
    assert "at once: intake closed, 500 a day, what waits drains" in said(closed)


def test_every_command_of_people_is_known_by_its_tag() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in get_args(Command)}
    assert set(command.ASKED) <= tags
    own = {"alert.fire", "alert.resolve", "alert.report_telling"}
    own |= {"ip.stop", "ip.start_warmup", "ip.advance_stage"}
    own |= {"ip.step_retirement", "ip.rest", "ip.begin_monitoring", "ip.judge_warmup"}
    own |= {"ip.note_listing", "ip.clear_listing", "ip.limit_cap", "tenant.begin_review"}
    own |= {"ip.pause_by_limiter", "ip.end_limiter"}
    own |= {"tenant.judge_capacity", "ip.rewarm"}
    own |= {"tenant.report_pool", "ip.withdraw", "ip.finish_removal"}
    own |= {"domain.report_key", "domain.report_key_look", "domain.use_key"}
    own |= {"domain.report_key_placed"}
    own |= {"domain.revoke_key", "domain.report_key_gone"}
    own |= {one for one in tags if one.partition(".")[0] in ("rollout", "server")}
    own -= {"rollout.end_conflict", "rollout.approve"}
    assert tags - set(command.ASKED) == own


def test_every_kind_of_effect_has_words() -> None:
    assert set(DOING) == {str(kind.__struct_config__.tag) for kind in get_args(Effect)}


def asked(*commands: str, **more: Any) -> str:
    body = f"[{','.join(commands)}]".encode()
    completed = CommandCompleted(
        request=CommandId("c"), commands=Raw(body), actor=Actor("key:1"), **more
    )
    return said(completed)


def test_a_request_of_several_commands_is_one_sentence_and_an_unknown_one_is_named() -> None:
    one = '{"type":"ip.request_warmup","ip":"192.0.2.1"}'
    assert asked(one, one, outcome="accepted").endswith(
        "warm up 192.0.2.1; warm up 192.0.2.1 — done"
    )
    assert "asked to ip.levitate — it was so already" in asked(
        '{"type":"ip.levitate"}', outcome="unchanged"
    )
    assert "warm up  — done" in asked('{"type":"ip.request_warmup"}', outcome="accepted")


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(number: int, text: str) -> None:
    assert nth(number) == text
