"""Commands: one append each, recorded with their outcome, and nobody opens another's stream."""

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from engine.commands import By, Command
from engine.commands.authority import SetAuthority
from engine.commands.ip import (
    AdvanceStage,
    QuarantineIp,
    RegisterIp,
    ReleaseIp,
    RequestWarmup,
    RetireIp,
    StartWarmup,
)
from engine.commands.ip_listing import ReleaseStop
from engine.commands.ip_pause import PauseIp, ResumeIp
from engine.commands.ip_warmup import ResumeWarmup, SkipStage
from engine.commands.key import IssueKey
from engine.commands.rollout import PlanRollout
from engine.commands.tenant import BeginReview, ChangeTenant, CreateTenant, EndReview
from engine.errors import KeyReused, Rejected
from engine.events.ip import IP as IPS
from engine.ids import Actor, CommandId, EventId, KeyId, NodeId, TenantId, Version
from engine.ports import New, Slice
from engine.runtime.command_handler import DECIDERS, Asked, Handled
from tests.support.samples import registered, stage
from tests.support.spec import ACME, IP, NODE, OTHER, PURPOSE, RIVAL
from tests.support.world import OPERATOR, World, virtually

REGISTER = RegisterIp(ip=IP, node=NODE, purpose=PURPOSE)
BY = By(tenant=ACME, actor=OPERATOR, cause="c-1", id=CommandId("c-1"))
BY_ITSELF = By(tenant=ACME, actor=Actor("engine"), cause="a reactor")


def create(slug: TenantId) -> CreateTenant:
    return CreateTenant(
        slug=slug, name="N", brand_domain="b.example", sending_domain_base="s.example"
    )


async def handle(world: World, asked: Sequence[Asked], by: By = BY) -> Handled:
    return await world.engine.handler.handle(asked, by)


def test_events_and_outcome_are_one_append() -> None:
    async def story() -> list[tuple[str, int, str | None, str, str]]:
        world = World()
        await handle(world, [Asked(REGISTER, ACME)])
        return [(r.stream, r.version, r.tenant, r.actor, r.cause) for r in await world.story()]

    assert virtually(story) == [
        ("ip-203.0.113.7", 1, "acme", "key:1", "c-1"),
        ("command-c-1", 1, "acme", "key:1", "c-1"),
    ]


def test_a_repeated_request_is_answered_from_the_log() -> None:
    async def answers() -> tuple[bool, int]:
        world = World()
        first = await handle(world, [Asked(REGISTER, ACME)])
        again = await handle(world, [Asked(REGISTER, ACME)])
        return first == again and first.completed.outcome == "accepted", await world.log.head()

    assert virtually(answers) == (True, 2)


def test_the_same_key_with_another_body_is_an_error() -> None:
    async def reuse() -> None:
        world = World()
        await handle(world, [Asked(REGISTER, ACME)])
        with pytest.raises(KeyReused):
            await handle(world, [Asked(replace(REGISTER, node=NodeId("pmta-2")), ACME)])

    virtually(reuse)


def test_a_refusal_is_recorded_with_its_reason() -> None:
    async def refusal() -> tuple[str, str, str]:
        answer = await World().ask(RequestWarmup(ip=IP))
        return answer.outcome, answer.why, answer.code

    assert virtually(refusal) == ("rejected", "not found", "not_found")


def test_a_reactors_own_refusal_is_raised_and_not_recorded() -> None:
    async def head() -> int:
        world = World()
        own = By(tenant=ACME, actor=OPERATOR, cause="effect")
        with pytest.raises(Rejected):
            await handle(world, [Asked(RequestWarmup(ip=IP), ACME)], own)
        return await world.log.head()

    assert virtually(head) == 0


def test_several_commands_of_one_request_happen_together_or_not_at_all() -> None:
    async def heads() -> tuple[str, int, int]:
        world = World()
        await world.ask(create(RIVAL), RIVAL)
        before = await world.log.head()
        both = [Asked(create(ACME), ACME), Asked(create(RIVAL), RIVAL)]
        refused = (await handle(world, both, replace(BY, tenant=None))).completed
        assert (refused.outcome, refused.code, refused.index) == ("rejected", "taken", 1)
        after = await world.log.head()
        return refused.why, before, after

    assert virtually(heads) == ("this slug is taken", 2, 3), "the outcome alone was recorded"


def test_the_second_command_of_a_request_sees_what_the_first_one_did() -> None:
    async def outcome() -> tuple[str, int]:
        world = World()
        twice = [Asked(REGISTER, ACME), Asked(REGISTER, ACME)]
        refused = (await handle(world, twice)).completed
        return refused.why, refused.index

    assert virtually(outcome) == ("this address is taken", 1)


def test_another_tenants_address_is_not_found_and_taken_like_ones_own() -> None:
    async def answers() -> list[str]:
        world = World()
        await world.warm_up()
        asked: list[tuple[Command, TenantId]] = [
            (RequestWarmup(ip=IP), RIVAL),
            (RetireIp(ip=IP, how="at_once"), RIVAL),
            (REGISTER, RIVAL),
            (REGISTER, ACME),
        ]
        return [(await world.ask(command, tenant)).why for command, tenant in asked]

    taken = "this address is taken"
    assert virtually(answers) == ["not found", "not found", taken, taken]


def test_after_a_second_registration_the_address_is_its_new_owners() -> None:
    async def answers() -> list[str]:
        world = World()
        for n, tenant in enumerate((ACME, RIVAL)):
            new = New(EventId(f"00000000-0000-7000-8000-00000000000{n}"), registered("manual"))
            moved = Slice(stream=IPS.stream(IP), tenant=tenant, events=[new])
            await world.log.append([moved], actor=OPERATOR, cause="a test")
        both = [await world.ask(RequestWarmup(ip=IP), tenant) for tenant in (ACME, RIVAL)]
        return [one.why or one.outcome for one in both]

    assert virtually(answers) == ["not found", "accepted"]


@pytest.mark.parametrize(
    ("probe", "owner"),
    [
        (SetAuthority(over="engine", mode="act", why="mine"), None),
        (SetAuthority(over="tenant-acme", mode="act", why="mine"), None),
        (PlanRollout(node=NODE, tenant=RIVAL, vmtas={}), RIVAL),
        (IssueKey(key=KeyId("k"), digest="d", scopes=("admin",), owner=None), None),
    ],
)
def test_nobody_opens_a_stream_of_the_platform_or_of_another(
    probe: Command, owner: TenantId | None
) -> None:
    async def answers() -> list[str]:
        world = World()
        both = [await world.ask(probe, tenant) for tenant in (ACME, owner)]
        assert [one.tenant for one in await world.story()] == [ACME, owner, owner]
        return [one.why or one.outcome for one in both]

    assert virtually(answers) == ["not found", "accepted"]


@pytest.mark.parametrize("whose", [RIVAL, None])
def test_a_tenants_request_writes_nothing_of_another_nor_of_the_platform(
    whose: TenantId | None,
) -> None:
    async def answer() -> list[str]:
        world = World()
        other = SetAuthority(over="engine", mode="act", why="mine") if whose is None else REGISTER
        asked = [Asked(create(ACME), ACME), Asked(other, whose)]
        refused = (await handle(world, asked)).completed
        assert (refused.outcome, refused.index) == ("rejected", 1)
        assert [one.stream.split("-")[0] for one in await world.story()] == ["command"]
        return [refused.code]

    assert virtually(answer) == ["not_found" if whose is None else "taken"]


def test_a_tenant_is_changed_by_itself_alone_and_only_where_it_says_so() -> None:
    async def answers() -> list[str]:
        world = World()
        await world.ask(create(ACME), ACME)
        change = ChangeTenant(slug=ACME, name="New")
        asked = [(change, RIVAL), (change, ACME), (change, ACME)]
        return [(await world.ask(one, who)).outcome for one, who in asked]

    assert virtually(answers) == ["rejected", "accepted", "unchanged"]


def test_another_tenants_request_is_no_answer() -> None:
    async def steal() -> None:
        world = World()
        await handle(world, [Asked(REGISTER, ACME)])
        with pytest.raises(KeyReused):
            await handle(world, [Asked(REGISTER, RIVAL)], replace(BY, tenant=RIVAL))

    virtually(steal)


def test_a_stream_that_a_newer_engine_wrote_into_refuses_all_but_a_stop() -> None:
    async def answers() -> list[str]:
        world = World()
        for event in (registered(), stage(1)):
            new = New(world.new_id(), event)
            ours = Slice(stream=IPS.stream(IP), tenant=ACME, events=[new])
            await world.log.append([ours], actor=OPERATOR, cause="a test")
        future = b'{"type":"ip.of_the_future","ip":"203.0.113.7"}'
        entries = world.log.database.streams[IPS.stream(IP)]
        entries.append(entries[-1]._replace(body=future, version=Version(3)))
        asked: list[Command] = [
            RetireIp(ip=IP, how="at_once"),
            PauseIp(ip=IP, reason="at once"),
            QuarantineIp(ip=IP, reason="at once"),
        ]
        return [(await world.ask(one)).outcome for one in asked]

    assert virtually(answers) == ["rejected", "accepted", "accepted"]


def test_two_who_ask_at_once_are_both_answered_and_one_is_refused() -> None:
    async def outcomes() -> list[str]:
        world = World()
        both = await asyncio.gather(world.ask(REGISTER), world.ask(REGISTER))
        return sorted(one.outcome for one in both)

    for seed in range(5):
        assert virtually(outcomes, seed) == ["accepted", "rejected"]
    assert OTHER != IP


def reviewed(slug: TenantId) -> BeginReview:
    return BeginReview(slug=slug, why="listings", ips=(IP,), addresses=(IP,))


@pytest.mark.parametrize("rises", [RequestWarmup(ip=IP), RequestWarmup(ip=IP, why="rotation")])
def test_in_review_nothing_that_sends_more_is_accepted_whoever_asks(rises: Command) -> None:
    """By the tenant's own stream: no view has to have heard of the review."""

    async def story() -> tuple[str, str, str, str]:
        world = World()
        await world.ask(create(ACME))
        await world.ask(RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, warmup="manual"))
        await world.ask(reviewed(ACME))
        with pytest.raises(Rejected, match="acme is in review: none of its addresses starts"):
            await handle(world, [Asked(rises, ACME)], BY_ITSELF)
        refused = await world.ask(rises)
        stop = await world.ask(QuarantineIp(ip=IP, reason="while we look"))
        await world.ask(ReleaseIp(ip=IP, reason="looked"))
        await world.ask(EndReview(slug=ACME, reason="cleaned", addresses=(IP,)))
        after = await world.ask(rises)
        return refused.outcome, refused.why, stop.outcome, after.outcome

    outcome, why, stop, after = virtually(story)
    assert (outcome, stop, after) == ("rejected", "accepted", "accepted")
    assert "POST /api/v2/tenants/acme/review/end" in why


def test_a_review_of_another_tenant_bars_nobody() -> None:
    async def story() -> str:
        world = World()
        for slug in (ACME, RIVAL):
            await world.ask(create(slug), slug)
        await world.ask(RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, warmup="manual"))
        await world.ask(reviewed(RIVAL), RIVAL)
        return (await world.ask(RequestWarmup(ip=IP))).outcome

    assert virtually(story) == "accepted"


def test_what_is_so_already_is_no_rise() -> None:
    async def story() -> str:
        world = World()
        await world.ask(create(ACME))
        await world.ask(RegisterIp(ip=IP, node=NODE, purpose=PURPOSE))
        await world.ask(reviewed(ACME))
        return (await world.ask(RequestWarmup(ip=IP))).outcome

    assert virtually(story) == "unchanged"


def test_all_that_lets_an_address_send_more_is_barred_in_review() -> None:
    """And what stops, lowers or ends is not."""
    rises = {kind for kind in DECIDERS if kind.rises}
    warmups = {RequestWarmup, StartWarmup, AdvanceStage, ResumeWarmup, SkipStage}
    assert rises == {*warmups, ReleaseStop, ResumeIp}
    assert not [kind for kind in rises if kind.stop]
