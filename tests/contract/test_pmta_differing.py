"""PowerMTAs that differ where the guide is silent, and hosts that tell how they do."""

import pytest

from engine.demo.node import DemoNode
from engine.ports import NodeFile, NodeRefused, NodeSilent
from engine.rules import midnights
from engine.values.node import Depth
from tests.support.node_bench import SshBench, real_bench
from tests.support.pmta_files import (
    BROKEN,
    VMTA,
    first,
    runs_the_first,
    second,
)
from tests.support.spec import ACME, NODE
from tests.support.sshd import Sshd

# --- PowerMTAs that differ where the guide is silent


@pytest.mark.parametrize("rc", [0, 1])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_an_error_is_seen_whatever_its_code_and_stream(
    demo: SshBench, rc: int, stream: str
) -> None:
    demo.stand_in.set(errors_to=stream, error_rc=rc)
    await first(demo)
    with pytest.raises(NodeRefused, match=r"Error in line 2 of /etc/pmta/ee-main/acme.conf") as no:
        await second(demo, BROKEN)
    assert no.value.kind == "invalid"
    assert await runs_the_first(demo)


@pytest.mark.parametrize("rc", [0, 1])
async def test_a_powermta_without_test_config_is_judged_by_its_reload(
    demo: SshBench, rc: int
) -> None:
    demo.stand_in.set(version="4.5r8", test_config=False, error_rc=rc)
    await first(demo)
    with pytest.raises(NodeRefused) as no:
        await second(demo, BROKEN)
    assert no.value.kind == "invalid"
    assert await runs_the_first(demo)
    demo.spoil()
    with pytest.raises(NodeRefused) as no:
        await second(demo)
    assert no.value.kind == "foreign"
    assert await runs_the_first(demo)


async def test_a_configuration_that_needs_what_the_new_file_drops_is_put_back(
    demo: SshBench,
) -> None:
    await first(demo)
    config = demo.node.config.read_text()
    demo.node.config.write_text(config + f"<source 10/8>\ndefault-virtual-mta {VMTA}\n</source>\n")
    with pytest.raises(NodeRefused, match="is not defined") as no:
        await second(demo, NodeFile(tenant=ACME, text="", expect=()))
    assert no.value.kind == "invalid"
    assert await runs_the_first(demo)


async def test_an_include_that_matches_nothing_may_be_an_error(demo: SshBench) -> None:
    demo.stand_in.set(empty_wildcard_is_error=True)
    await first(demo)
    await second(demo, NodeFile(tenant=ACME, text="", expect=()))
    assert demo.text(ACME) is None


async def test_a_rate_may_be_shown_in_words(demo: SshBench) -> None:
    demo.stand_in.set(rate_unit="day")
    await first(demo)
    assert await runs_the_first(demo)


@pytest.mark.parametrize("text", ["Queue(s) paused.", "No matching queues.", "0 queues paused."])
async def test_a_pause_while_no_queue_exists_is_no_failure(demo: SshBench, text: str) -> None:
    demo.stand_in.set(pause_of_nothing=text)
    await demo.pmta.pause(NODE, VMTA)
    demo.waiting(VMTA)
    assert (await demo.pmta.look(NODE)).paused == (VMTA,)


async def test_a_pause_that_does_not_hold_later_queues_is_shown_as_none(demo: SshBench) -> None:
    demo.stand_in.set(pause_holds_later=False)
    demo.waiting(VMTA)
    await demo.pmta.pause(NODE, VMTA)
    assert (await demo.pmta.look(NODE)).paused == (VMTA,)
    demo.stand_in.enqueue(f"aol.com/{VMTA}", 1)
    assert (await demo.pmta.look(NODE)).paused == ()


async def test_a_pause_may_be_listed_before_there_is_a_queue(demo: SshBench) -> None:
    demo.stand_in.set(pause_is_listed=True)
    await demo.pmta.pause(NODE, VMTA)
    assert (await demo.pmta.look(NODE)).paused == (VMTA,)


async def test_more_queues_than_are_shown_at_once_are_asked_for_vmta_by_vmta(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.adapters.powermta_command.QUEUES_MAX", 2)
    demo.stand_in.enqueue("a.example/held", 9)
    await demo.pmta.pause(NODE, "held")
    for n in range(3):
        demo.stand_in.enqueue(f"{n}.example/free", n + 1)
    assert (await demo.pmta.look(NODE)).paused == ("held",)


@pytest.mark.parametrize("said", ["", "Queue(s) paused", "Error: pmtad is not running"])
async def test_only_the_very_words_are_a_pause(demo: SshBench, said: str) -> None:
    demo.stand_in.fault("pause queue", "say", text=said)
    with pytest.raises(NodeRefused, match="were not paused"):
        await demo.pmta.pause(NODE, VMTA)


@pytest.mark.parametrize("said", ["", "Configuration reloaded", "Reloading…"])
async def test_only_the_very_words_are_a_reload(demo: SshBench, said: str) -> None:
    await first(demo)
    demo.stand_in.fault("reload", "say", text=said)
    with pytest.raises(NodeRefused, match="did not say that it loaded"):
        await second(demo)
    assert await runs_the_first(demo)


async def test_a_reload_that_claims_what_it_did_not_do_is_found_out(demo: SshBench) -> None:
    await first(demo)
    demo.stand_in.fault("reload", "say", text="Configuration reloaded.")
    with pytest.raises(NodeRefused, match=r"does not run it: .*200/d.*50/d"):
        await second(demo)
    assert await runs_the_first(demo)


async def test_what_cannot_be_put_back_is_unknown_not_refused(demo: SshBench) -> None:
    await first(demo)
    demo.stand_in.fault("show vmta-settings", "say", skip=1, text="garbled")
    demo.stand_in.fault("reload", "refuse", skip=1)
    with pytest.raises(NodeSilent, match="putting the old file back failed too"):
        await second(demo)


async def test_old_bytes_that_are_back_but_do_not_run_are_unknown(demo: SshBench) -> None:
    await first(demo)
    demo.stand_in.fault("show vmta-settings", "say", skip=1, text="garbled")
    demo.stand_in.fault("reload", "say", skip=1, text="Configuration reloaded.")
    with pytest.raises(NodeSilent, match=r"not all of it runs: .* 200/d"):
        await second(demo)


async def test_a_node_whose_powermta_does_not_run_is_refused(demo: SshBench) -> None:
    demo.stand_in.fault("show status", "refuse", text="cannot connect to pmtad")
    with pytest.raises(NodeRefused, match="cannot connect to pmtad"):
        await demo.pmta.look(NODE)


async def test_what_a_dead_powermta_says_is_not_taken_for_an_undefined_vmta(
    demo: SshBench,
) -> None:
    await first(demo)
    demo.stand_in.fault("show vmta-settings", "refuse", text="cannot connect to pmtad")
    demo.stand_in.fault("show status", "refuse", text="cannot connect to pmtad")
    with pytest.raises(NodeSilent, match="cannot connect to pmtad"):
        await demo.pmta.read_back(NODE, ACME, [VMTA])


# --- how much waits, and how the host does


@pytest.mark.parametrize("forms", [True, False])
async def test_what_waits_and_errs_is_seen_whatever_form_powermta_has_for_it(
    demo: SshBench, forms: bool
) -> None:
    demo.stand_in.set(vmtas_have_forms=forms)
    demo.stand_in.enqueue(f"gmail.com/{VMTA}", 40)
    demo.stand_in.enqueue(f"aol.com/{VMTA}", 2, error="ETIMEDOUT in connection to aol.com")
    seen = await demo.pmta.look(NODE)
    err = "ETIMEDOUT in connection to aol.com"
    found = Depth(waiting=42, kb=0.1, backing_off=1, failing=1, error=err)
    assert seen.depths == {VMTA: found}
    assert (seen.measures.waiting, seen.measures.connections_out) == (42, 0)


async def test_a_powermta_that_cannot_show_its_vmtas_is_seen_all_the_same(demo: SshBench) -> None:
    demo.waiting(VMTA)
    demo.stand_in.fault("show vmtas", "refuse", text="Unknown command: show vmtas")
    seen = await demo.pmta.look(NODE)
    assert (seen.depths, seen.version) == (None, "5.0r5")
    demo.stand_in.fault("show topqueues", "refuse", text="Error: no such option --errors")
    assert (await demo.pmta.look(NODE)).depths == {VMTA: Depth(waiting=5, kb=0.1)}


async def test_more_vmtas_than_are_shown_at_once_leave_the_rest_unknown(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.adapters.powermta_command.QUEUES_MAX", 2)
    for n in range(3):
        demo.stand_in.enqueue(f"a.example/v{n}", 1)
    assert (await demo.pmta.look(NODE)).depths is None


async def test_disks_are_seen_and_a_host_that_has_no_df_is_no_silent_node(demo: SshBench) -> None:
    assert isinstance(demo.node, DemoNode)
    demo.node.disk_used = 91
    assert (await demo.pmta.look(NODE)).measures.disks == {"/": 91}
    demo.node.disk_used = None
    assert (await demo.pmta.look(NODE)).measures.disks == {}


@pytest.mark.real
async def test_disks_and_load_of_a_real_host_are_seen(sshd: Sshd) -> None:
    async with real_bench(sshd.node()) as bench:
        seen = (await bench.pmta.look(NODE)).measures
    assert seen.load is not None
    assert seen.load >= 0
    assert seen.disks
    assert all(0 <= used <= 100 for used in seen.disks.values())


# --- clocks


@pytest.mark.parametrize("zone", ["+00:00", "-05:00", "+05:30"])
async def test_the_host_tells_its_hours_from_utc(demo: SshBench, zone: str) -> None:
    assert isinstance(demo.node, DemoNode)
    demo.node.zone = zone
    assert (await demo.pmta.look(NODE)).clock == zone


async def test_a_host_that_does_not_tell_its_time_is_no_silent_node(demo: SshBench) -> None:
    assert isinstance(demo.node, DemoNode)
    for zone in ("", "CET"):
        demo.node.zone = zone
        assert (await demo.pmta.look(NODE)).clock == ""


@pytest.mark.real
async def test_a_real_host_tells_its_hours_from_utc(sshd: Sshd) -> None:
    async with real_bench(sshd.node()) as bench:
        assert midnights.is_offset((await bench.pmta.look(NODE)).clock)
