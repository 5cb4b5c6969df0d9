"""What every pair of hands on a PowerMTA host must do: the fake of the simulations, and the driver
over the demo's SSH server and over a real OpenSSH.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from engine.ids import IpAddr, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent
from engine.rules.overlay import laid_over
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.tenant_file import digest
from engine.values.levers import Levers, Paused, PerDay, Unlimited
from engine.values.overlay import Chosen, Key, Quota
from tests.support.node_bench import EACH, Bench, bench_of
from tests.support.spec import ACME, IP, NODE, OTHER, RIVAL, vmta

LEADER = Fence(2, "leader")
VMTA = tenant_file.vmta(ACME, IP)
BOTH = [VMTA, tenant_file.vmta(ACME, OTHER)]


@pytest.fixture(params=EACH)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request) as bench:
        yield bench


def file(cap: int = 50, *more: IpAddr, tenant: TenantId = ACME) -> NodeFile:
    vmtas = {ip: vmta(Levers("open", PerDay(cap))) for ip in (IP, *more)}
    text, expect = tenant_file.render(tenant, vmtas), tenant_file.expected(tenant, vmtas)
    return NodeFile(tenant=tenant, text=text, expect=expect)


NOTHING = NodeFile(tenant=ACME, text="", expect=())
FIRST, SECOND = file(), file(200, OTHER)
BROKEN = NodeFile(
    tenant=ACME, text="<virtual-mta acme--x>\n  weight 3\n</virtual-mta>\n", expect=()
)


async def apply(
    bench: Bench, new: NodeFile, before: NodeFile = NOTHING, fence: Fence = LEADER
) -> None:
    await bench.pmta.apply(NODE, new, before=digest(before.text), fence=fence)


async def holds(bench: Bench, bytes_of: NodeFile, runs: NodeFile) -> bool:
    found = await bench.pmta.read_back(NODE, ACME, BOTH)
    return found == (digest(bytes_of.text), runs.expect)


async def refused(bench: Bench, new: NodeFile, kind: str, before: NodeFile = NOTHING) -> str:
    with pytest.raises(NodeRefused) as no:
        await apply(bench, new, before)
    assert no.value.kind == kind, str(no.value)
    return str(no.value)


# --- rollouts that end well


async def test_what_people_chose_runs_as_rendered(bench: Bench) -> None:
    """A key, a name of their own and a quota by the hour."""
    key = Key("default", "acme.example", bench.put("dkim.pem", "a key\n", b"public"))
    chosen = Chosen("pmta-vmta0", quota=Quota(2, "hour"), key=key)
    wish = laid_over(vmta(Levers("open", PerDay(50))), chosen, drains=False)
    text = tenant_file.render(ACME, {IP: wish})
    new = NodeFile(tenant=ACME, text=text, expect=tenant_file.expected(ACME, {IP: wish}))
    assert (new.expect[0].rate, "domain-key" in text) == ("2/h", True)
    await apply(bench, new)
    assert await holds(bench, new, runs=new)


async def test_the_file_is_shown_as_it_lies_there(bench: Bench) -> None:
    assert await bench.pmta.lies(NODE, ACME) is None
    await apply(bench, FIRST)
    bench.edit(ACME, FIRST.text + "# by hand\n")
    assert await bench.pmta.lies(NODE, ACME) == (FIRST.text + "# by hand\n").encode()
    assert await bench.pmta.lies(NODE, RIVAL) is None


async def test_a_first_file_is_put_on_the_node_and_runs(bench: Bench) -> None:
    await apply(bench, FIRST)
    assert bench.text(ACME) == FIRST.text
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_file_is_replaced_by_the_next(bench: Bench) -> None:
    await apply(bench, FIRST)
    await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, SECOND, runs=SECOND)


async def test_a_file_is_removed_and_its_addresses_run_no_more(bench: Bench) -> None:
    await apply(bench, FIRST)
    await apply(bench, NOTHING, before=FIRST)
    assert bench.text(ACME) is None
    assert await holds(bench, NOTHING, runs=NOTHING)


async def test_files_of_two_tenants_do_not_touch_each_other(bench: Bench) -> None:
    rival = file(500, tenant=RIVAL)
    await apply(bench, FIRST)
    await apply(bench, rival)
    await apply(bench, NOTHING, before=FIRST)
    found = await bench.pmta.read_back(NODE, RIVAL, [tenant_file.vmta(RIVAL, IP)])
    assert found == (digest(rival.text), rival.expect)


async def test_an_apply_whose_answer_was_lost_may_be_repeated(bench: Bench) -> None:
    await apply(bench, FIRST)
    await apply(bench, SECOND, before=FIRST)
    await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, SECOND, runs=SECOND)


async def test_an_address_without_limit_and_a_stopped_one_run_as_rendered(bench: Bench) -> None:
    vmtas = {IP: vmta(Levers("open", Unlimited())), OTHER: vmta(Levers("closed", Paused()))}
    new = NodeFile(
        tenant=ACME,
        text=tenant_file.render(ACME, vmtas),
        expect=tenant_file.expected(ACME, vmtas),
    )
    await apply(bench, new)
    assert [one.rate for one in new.expect] == ["", "1/d"]
    assert await holds(bench, new, runs=new)


async def test_only_what_is_defined_is_read_back(bench: Bench) -> None:
    assert await bench.pmta.read_back(NODE, ACME, [VMTA]) == ("", ())
    await apply(bench, FIRST)
    found = await bench.pmta.read_back(NODE, ACME, BOTH)
    assert [one.vmta for one in found.running] == [VMTA]


# --- rollouts that are refused


async def test_a_file_edited_by_hand_is_a_conflict_and_stays_as_it_is(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.edit(ACME, "# by hand\n")
    told = await refused(bench, SECOND, "conflict", before=FIRST)
    assert digest("# by hand\n") in told
    assert digest(FIRST.text) in told
    assert bench.text(ACME) == "# by hand\n"


async def test_a_file_that_is_there_unasked_is_a_conflict(bench: Bench) -> None:
    bench.edit(ACME, SECOND.text)
    await refused(bench, FIRST, "conflict")
    assert bench.text(ACME) == SECOND.text


async def test_an_error_in_the_operators_own_part_is_foreign_and_nothing_is_swapped(
    bench: Bench,
) -> None:
    await apply(bench, FIRST)
    bench.spoil()
    told = await refused(bench, SECOND, "foreign", before=FIRST)
    assert "Error in line 1 of" in told
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_broken_edit_of_our_own_file_is_overwritten_when_that_is_asked_for(
    bench: Bench,
) -> None:
    await apply(bench, FIRST)
    bench.edit(ACME, BROKEN.text)
    await refused(bench, SECOND, "conflict", before=FIRST)
    await apply(bench, SECOND, before=BROKEN)
    assert await holds(bench, SECOND, runs=SECOND)


async def test_a_node_that_does_not_include_the_engines_files_is_told_the_line(
    bench: Bench,
) -> None:
    await apply(bench, FIRST)
    bench.uninclude()
    assert "/ee-main/*.conf`" in await refused(bench, SECOND, "not_included", before=FIRST)
    assert bench.text(ACME) == FIRST.text


async def test_an_invalid_file_is_put_back_and_the_old_one_runs_on(bench: Bench) -> None:
    await apply(bench, FIRST)
    assert "unknown directive" in await refused(bench, BROKEN, "invalid", before=FIRST)
    assert await holds(bench, FIRST, runs=FIRST)


async def test_an_invalid_first_file_is_removed_again(bench: Bench) -> None:
    await refused(bench, BROKEN, "invalid")
    assert bench.text(ACME) is None


async def test_a_reload_that_is_refused_puts_the_old_file_back(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.trouble("refuse")
    await refused(bench, SECOND, "invalid", before=FIRST)
    assert await holds(bench, FIRST, runs=FIRST)


@pytest.mark.parametrize("leads", [Fence(3, "another"), Fence(2, "another")])
async def test_who_no_longer_leads_changes_nothing(bench: Bench, leads: Fence) -> None:
    await apply(bench, FIRST)
    bench.lead(leads)
    await refused(bench, SECOND, "fenced", before=FIRST)
    with pytest.raises(NodeRefused) as no:
        await bench.pmta.restore(NODE, FIRST, before=digest(FIRST.text), fence=LEADER)
    assert no.value.kind == "fenced"
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_node_tells_who_led_it_last_and_which_files_of_the_engine_lie_there(
    bench: Bench,
) -> None:
    assert (await bench.pmta.look(NODE)).fence is None
    assert await bench.pmta.files(NODE) == {}
    await apply(bench, FIRST)
    assert (await bench.pmta.look(NODE)).fence == LEADER
    assert await bench.pmta.files(NODE) == {ACME: digest(FIRST.text)}
    bench.lead(Fence(9, "another"))
    assert (await bench.pmta.look(NODE)).fence == Fence(9, "another")


async def test_a_new_leader_shuts_the_old_one_out(bench: Bench) -> None:
    await apply(bench, FIRST)
    await apply(bench, SECOND, before=FIRST, fence=Fence(3, "next"))
    await refused(bench, FIRST, "fenced", before=SECOND)


# --- answers that do not come


async def test_a_line_that_breaks_before_the_swap_leaves_the_node_as_it_was(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.trouble("drop before")
    with pytest.raises(NodeSilent):
        await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_line_that_breaks_after_the_upload_leaves_a_torn_node_which_restore_mends(
    bench: Bench,
) -> None:
    await apply(bench, FIRST)
    bench.trouble("drop after upload")
    with pytest.raises(NodeSilent):
        await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, SECOND, runs=FIRST)
    await bench.pmta.restore(NODE, FIRST, before=digest(FIRST.text), fence=LEADER)
    assert await holds(bench, FIRST, runs=FIRST)
    await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, SECOND, runs=SECOND)


async def test_a_torn_first_file_is_mended_by_removing_it(bench: Bench) -> None:
    bench.trouble("drop after upload")
    with pytest.raises(NodeSilent):
        await apply(bench, FIRST)
    assert await holds(bench, FIRST, runs=NOTHING)
    for _ in range(2):  # safe to repeat
        await bench.pmta.restore(NODE, NOTHING, before="", fence=LEADER)
    assert bench.text(ACME) is None


async def test_a_line_that_breaks_at_the_reload_may_have_done_it_all(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.trouble("drop after")
    with pytest.raises(NodeSilent):
        await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, SECOND, runs=SECOND)


async def test_a_file_swapped_back_by_hand_still_shows_what_runs(bench: Bench) -> None:
    await apply(bench, FIRST)
    await apply(bench, SECOND, before=FIRST)
    bench.edit(ACME, FIRST.text)
    assert await holds(bench, FIRST, runs=SECOND)
    bench.reload()
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_backup_that_was_never_made_cannot_be_put_back(bench: Bench) -> None:
    await apply(bench, FIRST)
    with pytest.raises(NodeRefused, match="no backup"):
        await bench.pmta.restore(NODE, FIRST, before=digest(SECOND.text), fence=LEADER)
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_node_that_hangs_ends_with_the_callers_patience_and_is_free_again(
    bench: Bench,
) -> None:
    await apply(bench, FIRST)
    bench.trouble("hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await apply(bench, SECOND, before=FIRST)
    async with asyncio.timeout(5):
        await apply(bench, SECOND, before=FIRST)
    assert await holds(bench, SECOND, runs=SECOND)


# --- the levers


async def test_a_pause_stands_until_it_is_ended(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.waiting(VMTA)
    assert (await bench.pmta.look(NODE)).paused == ()
    for _ in range(2):
        await bench.pmta.pause(NODE, VMTA)
    assert (await bench.pmta.look(NODE)).paused == (VMTA,)
    for _ in range(2):
        await bench.pmta.resume(NODE, VMTA)
    assert (await bench.pmta.look(NODE)).paused == ()


@pytest.mark.parametrize("clears", [True, False])
async def test_a_rollout_may_or_may_not_end_a_pause_and_the_look_tells(
    bench: Bench, clears: bool
) -> None:
    bench.let_reload_clear_pauses(clears)
    await apply(bench, FIRST)
    bench.waiting(VMTA)
    await bench.pmta.pause(NODE, VMTA)
    await apply(bench, SECOND, before=FIRST)
    assert (await bench.pmta.look(NODE)).paused == (() if clears else (VMTA,))


async def test_a_look_shows_whether_the_engines_files_are_included(bench: Bench) -> None:
    assert (await bench.pmta.look(NODE)).included
    bench.uninclude()
    assert not (await bench.pmta.look(NODE)).included


async def test_a_look_shows_version_and_start_which_a_reload_does_not_change(bench: Bench) -> None:
    before = await bench.pmta.look(NODE)
    await apply(bench, FIRST)
    after = await bench.pmta.look(NODE)
    assert before.version == after.version == "5.0r5"
    assert before.started == after.started != ""


async def test_a_restart_clears_pauses_and_the_look_tells(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.waiting(VMTA)
    await bench.pmta.pause(NODE, VMTA)
    bench.restart()
    assert (await bench.pmta.look(NODE)).paused == ()
    assert await holds(bench, FIRST, runs=FIRST)


async def test_a_look_shows_what_waits_for_each_vmta_and_that_nothing_does(bench: Bench) -> None:
    await apply(bench, FIRST)
    bench.waiting(VMTA)
    depths = (await bench.pmta.look(NODE)).depths
    assert depths is not None
    assert {vmta: one.waiting for vmta, one in depths.items()} == {VMTA: 5}


async def test_the_mail_of_a_job_is_held_and_let_go_however_often_that_is_said(
    bench: Bench,
) -> None:
    for _ in range(2):
        await bench.pmta.pause_job(NODE, "spring")
        assert bench.held_jobs() == {"spring"}
    for _ in range(2):
        await bench.pmta.resume_job(NODE, "spring")
        assert bench.held_jobs() == set()


async def test_a_powermta_that_has_no_lever_for_jobs_says_that_it_lacks_it(bench: Bench) -> None:
    bench.without_jobs()
    with pytest.raises(NodeRefused, match="has no `pause job`") as refused:
        await bench.pmta.pause_job(NODE, "spring")
    assert refused.value.kind == "lacking"
