"""What a tenant chooses for its VirtualMTAs: it narrows what the engine wants, and never widens."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.commands.tenant import RestoreOverlay, SetOverlay
from engine.deciders import tenant_overlay
from engine.deciders.tenant import DECIDER, State
from engine.deciders.tenant_overlay import Overlays
from engine.errors import Rejected
from engine.events.tenant import OverlaySet, ReviewBegan, ReviewEnded, TenantCreated, TenantEvent
from engine.ids import IpAddr, NodeId
from engine.rules.overlay import inside, laid_over, narrowed, parse_name, restored
from engine.rules.quota import parse_quota, written
from engine.values.levers import Levers, Output, Paused, PerDay, Unlimited
from engine.values.overlay import Chosen, Key, Quota
from engine.values.patterns import Pattern, PatternList
from engine.values.vmta import Vmta
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, DeciderSpec, vmta

OUTPUTS: st.SearchStrategy[Output] = st.one_of(
    st.integers(1, 10**7).map(PerDay), st.just(Unlimited()), st.just(Paused())
)
LEVERS = st.builds(Levers, st.sampled_from(["open", "closed"]), OUTPUTS)
QUOTAS = st.builds(Quota, st.integers(1, 10**6), st.sampled_from(["day", "hour"]))


def most(output: Output) -> float:
    """Messages a day."""
    if isinstance(output, PerDay):
        return output.cap
    return 0 if output == Paused() else float("inf")


@given(LEVERS, st.none() | QUOTAS, st.booleans())
def test_what_is_chosen_never_widens_a_lever(
    levers: Levers, quota: Quota | None, drains: bool
) -> None:
    after = narrowed(levers, quota, drains=drains)
    given_ = quota.a_day if quota else float("inf")
    assert most(after.output) == min(most(levers.output), given_)
    assert (after.output == Paused()) == (levers.output == Paused())
    assert after.intake == ("closed" if drains else levers.intake)


def test_a_host_name_once_defined_is_never_lost() -> None:
    """PowerMTA bounces the mail of a VMTA that is gone."""
    waiting = vmta(Levers("open", PerDay(50)), hostname="")
    assert laid_over(waiting, None, drains=False, hostname="a.example").hostname == "a.example"
    given_ = Chosen(hostname="b.example")
    assert laid_over(waiting, given_, drains=False, hostname="a.example").hostname == "b.example"


def test_a_key_that_was_chosen_goes_before_the_engines_own_of_its_domain() -> None:
    theirs = Key("s", "a.example", "/k/a.pem")
    ours = (Key("ee1", "a.example", "/k/1.pem"), Key("ee1", "b.example", "/k/2.pem"))
    wish = vmta(Levers("open", PerDay(50)))
    chosen = laid_over(wish, Chosen(key=theirs), drains=False, keys=ours)
    assert chosen.keys == ours[1:]
    assert laid_over(wish, Chosen("one"), drains=False, keys=ours).keys == ours


def test_a_rollback_keeps_todays_limits() -> None:
    slow, fast = {"gmail.com": {"max-smtp-out": "2"}}, {"gmail.com": {"max-smtp-out": "50"}}
    back = restored(Chosen("uno", limits=slow), Chosen("one", limits=fast))
    assert back == Chosen("one", limits=slow)
    assert restored(None, Chosen("one", limits=fast)) == Chosen("one")


def test_a_rollback_brings_back_what_was_done_about_replies() -> None:
    old, new = (PatternList(name, (Pattern("listed", "backoff"),)) for name in ("old", "new"))
    back = restored(Chosen("one", patterns={"*": new}), Chosen("one", patterns={"*": old}))
    assert back == Chosen("one", patterns={"*": old})


# --- how people write it


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("50/day", Quota(50, "day")),
        ("50/d", Quota(50, "day")),
        (" 2 / H ", Quota(2, "hour")),
        ("2/hour", Quota(2, "hour")),
        ("unlimited", None),
        ("", None),
    ],
)
def test_a_quota_is_read_as_people_write_it(text: str, quota: Quota | None) -> None:
    assert parse_quota(text) == quota


@given(st.none() | QUOTAS)
def test_what_is_written_is_read_back(quota: Quota | None) -> None:
    assert parse_quota(written(quota)) == quota


@pytest.mark.parametrize("text", ["0/day", "00/h"])
def test_nought_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match="stops nothing"):
        parse_quota(text)


@given(st.text(max_size=12))
def test_any_other_text_is_a_quota_or_is_refused(text: str) -> None:
    try:
        quota = parse_quota(text)
    except ValueError:
        return
    assert quota is None or quota.messages >= 1


@pytest.mark.parametrize("text", ["1-2-3-4", "a--b", "A", "a\n", "", "a.b", "é", "x" * 41, "-a"])
def test_a_name_is_one_word_that_is_no_addresses(text: str) -> None:
    with pytest.raises(ValueError, match=r"name|slug"):
        parse_name(text)


@pytest.mark.parametrize(
    ("path", "lies"),
    [("/k/a.pem", True), ("/k/d/a.pem", True), ("/kk/a.pem", False), ("/k", False), ("/", False)],
)
def test_a_key_lies_inside_its_folder(path: str, lies: bool) -> None:
    assert inside(path, ("/k",)) == inside(path, ("/k/",)) == lies
    assert not inside(path, ())


# --- replaced whole, restored in part

SPEC = DeciderSpec(DECIDER)
MADE = TenantCreated(
    slug=ACME, name="Acme", brand_domain="a.example", sending_domain_base="b.example", day_tz="UTC"
)
KEY = Key("default", "b.example", "/k/a.pem")
ONE = Chosen("one", "mail1.acme.example", Quota(100, "day"), KEY)
TWO = Chosen("two", "mail2.acme.example")
BOTH = {IP: NODE, OTHER: NODE}


def overlay(
    version: int,
    mtas: dict[IpAddr, Chosen],
    *drained: IpAddr,
    restored: int | None = None,
    reason: str = "",
) -> OverlaySet:
    return OverlaySet(
        slug=ACME,
        version=version,
        virtual_mtas=mtas,
        drained=drained,
        nodes=BOTH,
        restored=restored,
        reason=reason,
    )


def choose(mtas: dict[IpAddr, Chosen]) -> SetOverlay:
    return SetOverlay(slug=ACME, virtual_mtas=mtas, nodes=dict.fromkeys(mtas, NODE))


FIRST = overlay(1, {IP: ONE, OTHER: TWO})


def test_a_virtual_mta_that_is_left_out_drains_until_it_is_named_again() -> None:
    left = overlay(2, {OTHER: TWO}, IP)
    SPEC.decides(given=[MADE, FIRST], when=choose({OTHER: TWO}), then=[left])
    none = overlay(3, {}, IP, OTHER)
    SPEC.decides(given=[MADE, FIRST, left], when=choose({}), then=[none])
    again = overlay(4, {IP: ONE}, OTHER)
    SPEC.decides(given=[MADE, FIRST, left, none], when=choose({IP: ONE}), then=[again])


def test_the_same_again_is_nothing_new() -> None:
    SPEC.decides(given=[MADE, FIRST], when=choose({OTHER: TWO, IP: ONE}), then=[])


def test_a_name_stays_its_addresss_for_ever() -> None:
    later = [MADE, FIRST, overlay(2, {OTHER: TWO}, IP)]
    refused = Rejected(
        f"the name 'one' was given to {IP} once, and a name is never used again; choose another"
        f" for {OTHER}"
    )
    SPEC.decides(given=later, when=choose({OTHER: Chosen("one")}), then=refused)


BEGAN = ReviewBegan(slug=ACME, why="listings", ips=(IP,), addresses=(IP, OTHER))


def refused(mtas: dict[IpAddr, Chosen], *given: TenantEvent) -> Rejected | None:
    try:
        DECIDER.decide(reduce(DECIDER.evolve, [MADE, FIRST, *given], State()), choose(mtas), DAY_1)
    except Rejected as no:
        return no
    return None


def test_in_a_review_no_quota_is_raised_and_nothing_left_out_is_named_again() -> None:
    assert ONE.quota is not None
    higher, lower = (Quota(ONE.quota.a_day + n, "day") for n in (1, -1))
    raised = replace(ONE, quota=higher)
    assert refused({IP: raised, OTHER: TWO}) is None, "there is none"
    no = refused({IP: raised, OTHER: TWO}, BEGAN)
    assert "POST /api/v2/tenants/acme/review/end" in str(no)
    assert str(no).endswith(f"it would be for {IP}")
    assert refused({IP: replace(ONE, quota=None), OTHER: TWO}, BEGAN)
    assert refused({IP: replace(ONE, quota=lower), OTHER: TWO}, BEGAN) is None
    assert refused({IP: replace(ONE, name="uno"), OTHER: TWO}, BEGAN) is None
    assert refused({OTHER: TWO}, BEGAN) is None, "leaving one out lowers"
    left = overlay(2, {OTHER: TWO}, IP)
    assert refused({IP: ONE, OTHER: TWO}, left, BEGAN)
    ended = ReviewEnded(slug=ACME, reason="answered for", addresses=(IP, OTHER))
    assert refused({IP: raised, OTHER: TWO}, BEGAN, ended) is None


def test_of_a_tenant_that_nobody_made_nothing_is_chosen() -> None:
    SPEC.decides(given=[], when=choose({IP: ONE}), then=Rejected("not found"))


def back(version: int) -> RestoreOverlay:
    return RestoreOverlay(slug=ACME, version=version, reason="a mistake")


def test_a_rollback_brings_back_names_host_names_and_keys_with_todays_quotas() -> None:
    now = overlay(2, {IP: Chosen("uno", "x.example", Quota(5, "day")), OTHER: TWO})
    restored = Chosen("one", "mail1.acme.example", Quota(5, "day"), KEY)
    then = overlay(3, {IP: restored, OTHER: TWO}, restored=1, reason="a mistake")
    SPEC.decides(given=[MADE, FIRST, now], when=back(1), then=[then])


def test_a_rollback_opens_nothing_that_drains() -> None:
    left = overlay(2, {OTHER: TWO}, IP)
    kept = Chosen("one", "mail1.acme.example", None, KEY)
    then = overlay(3, {IP: kept, OTHER: TWO}, IP, restored=1, reason="a mistake")
    SPEC.decides(given=[MADE, FIRST, left], when=back(1), then=[then])


def test_a_rollback_to_before_anything_was_chosen_keeps_the_quotas() -> None:
    then = overlay(
        2, {IP: Chosen(quota=ONE.quota), OTHER: Chosen()}, restored=0, reason="a mistake"
    )
    SPEC.decides(given=[MADE, FIRST], when=back(0), then=[then])


def test_there_is_no_way_back_to_what_never_was() -> None:
    never = Rejected("there is no version 2 of what was chosen")
    SPEC.decides(given=[MADE, FIRST], when=back(2), then=never)


def test_the_engines_own_wish_is_as_it_was_where_nothing_is_chosen() -> None:
    wish = Vmta("marketing", "a.example", Levers("open", PerDay(50)))
    assert laid_over(wish, None, drains=False) == wish


# --- one node first

FIRST_NODE, SECOND_NODE = NodeId("pmta-1"), NodeId("pmta-2")
READY = (FIRST_NODE, SECOND_NODE)


def spread(first: Chosen | None, second: Chosen | None, *ready: NodeId) -> SetOverlay:
    of = {ip: one for ip, one in ((IP, first), (OTHER, second)) if one is not None}
    nodes = {IP: FIRST_NODE, OTHER: SECOND_NODE}
    return SetOverlay(slug=ACME, virtual_mtas=of, nodes={ip: nodes[ip] for ip in of}, ready=ready)


def canaries(*commands: SetOverlay) -> list[tuple[NodeId, tuple[NodeId, ...]]]:
    state, found = Overlays(), []
    for command in commands:
        (event,) = tenant_overlay.set_whole(state, command)
        state = tenant_overlay.evolve(state, event)
        found.append((event.canary, event.waits))
    return found


AT_FIRST, AT_SECOND = Chosen("one"), Chosen("two")
NO_CANARY = (NodeId(""), ())


@pytest.mark.parametrize(
    ("ready", "canary"),
    [
        (READY, (FIRST_NODE, (SECOND_NODE,))),
        (READY[::-1], (FIRST_NODE, (SECOND_NODE,))),
        ((SECOND_NODE,), (SECOND_NODE, (FIRST_NODE,))),
        ((), NO_CANARY),
    ],
)
def test_a_change_on_several_nodes_goes_to_one_that_is_ready_first(
    ready: tuple[NodeId, ...], canary: tuple[NodeId, tuple[NodeId, ...]]
) -> None:
    assert canaries(spread(AT_FIRST, AT_SECOND, *ready)) == [canary]


def test_only_nodes_on_which_something_changes_count() -> None:
    changed = Chosen("two", hostname="other.example")
    first, second = canaries(spread(AT_FIRST, AT_SECOND, *READY), spread(AT_FIRST, changed, *READY))
    assert (first[0], second) == (FIRST_NODE, NO_CANARY)


def test_what_only_lowers_goes_everywhere_at_once_and_what_raises_does_not() -> None:
    low = Quota(20, "day")
    both = (
        spread(AT_FIRST, AT_SECOND, *READY),
        spread(Chosen("one", quota=low), Chosen("two", quota=low), *READY),
    )
    assert canaries(*both)[1] == NO_CANARY
    assert canaries(*both, spread(AT_FIRST, AT_SECOND, *READY))[2] == (FIRST_NODE, (SECOND_NODE,))


def test_what_is_left_out_on_two_nodes_is_a_change_on_both() -> None:
    assert canaries(spread(AT_FIRST, AT_SECOND, *READY), spread(None, None, *READY))[1] == (
        FIRST_NODE,
        (SECOND_NODE,),
    )


def test_a_rollback_goes_to_all_nodes_and_waits_for_no_canary() -> None:
    state = Overlays()
    for command in (spread(AT_FIRST, AT_SECOND, *READY), spread(None, AT_SECOND, *READY)):
        (event,) = tenant_overlay.set_whole(state, command)
        state = tenant_overlay.evolve(state, event)
    back = RestoreOverlay(slug=ACME, version=1, reason="r", over=2)
    (event,) = tenant_overlay.restore(state, back)
    assert (event.canary, event.waits, event.restored) == (NodeId(""), (), 1)
    assert set(event.nodes.values()) == set(READY)  # the choices are the tenant's, on all nodes


def test_a_rollback_of_what_no_longer_holds_does_nothing() -> None:
    (event,) = tenant_overlay.set_whole(Overlays(), spread(AT_FIRST, AT_SECOND))
    state = tenant_overlay.evolve(Overlays(), event)
    back = RestoreOverlay(slug=ACME, version=0, reason="r", over=2)
    assert tenant_overlay.restore(state, back) == []
