"""What is the driver's own affair: keys, connections, locks, and PowerMTAs that differ."""

import asyncio
import fcntl
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest
from msgspec.structs import replace

from engine.adapters import powermta, ssh
from engine.adapters.dkim_keys import NewKeys
from engine.adapters.powermta import PmtaSsh
from engine.adapters.secrets_dir import SecretsDir
from engine.demo.node import DemoNode
from engine.ids import EngineId, NodeId, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent
from engine.rules import midnights
from engine.rules.dkim.keys import deployed
from engine.rules.pmta_config import node_file, tenant_file
from engine.rules.pmta_config.tenant_file import digest
from engine.values.dkim_key import Algorithm
from engine.values.levers import Levers, PerDay
from engine.values.node import Depth
from engine.values.node_file import NodeOwn, OwnAccounting
from tests.support.node_bench import SshBench, demo_bench, real_bench
from tests.support.spec import ACME, IP, NODE, vmta
from tests.support.sshd import Sshd

LEADER = Fence(2, "leader")
VMTA = tenant_file.vmta(ACME, IP)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[SshBench]:
    async with demo_bench(tmp_path) as bench:
        yield bench


@pytest.fixture(params=["demo", pytest.param("openssh", marks=pytest.mark.real)])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[SshBench]:
    if request.param == "demo":
        async with demo_bench(request.getfixturevalue("tmp_path")) as bench:
            yield bench
    else:
        async with real_bench(request.getfixturevalue("real_node")) as bench:
            yield bench


def file(cap: int) -> NodeFile:
    vmtas = {IP: vmta(Levers("open", PerDay(cap)))}
    text, expect = tenant_file.render(ACME, vmtas), tenant_file.expected(ACME, vmtas)
    return NodeFile(tenant=ACME, text=text, expect=expect)


FIRST, SECOND = file(50), file(200)
BROKEN = NodeFile(
    tenant=ACME, text="<virtual-mta acme--x>\n  weight 3\n</virtual-mta>\n", expect=()
)


async def first(bench: SshBench) -> None:
    await bench.pmta.apply(NODE, FIRST, before="", fence=LEADER)


async def second(bench: SshBench, new: NodeFile = SECOND) -> None:
    await bench.pmta.apply(NODE, new, before=digest(FIRST.text), fence=LEADER)


async def runs_the_first(bench: SshBench) -> bool:
    found = await bench.pmta.read_back(NODE, ACME, [VMTA])
    return found == (digest(FIRST.text), FIRST.expect)


# --- who is spoken to


def fingerprint(public: str) -> str:
    return asyncssh.import_public_key(public).get_fingerprint()


async def test_another_host_key_than_the_registered_one_is_refused_and_both_are_named(
    bench: SshBench,
) -> None:
    assert bench.host is not None
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    true_key, bench.host = bench.host.host_key, replace(bench.host, host_key=other)
    with pytest.raises(NodeRefused) as no:
        await bench.pmta.look(NODE)
    assert fingerprint(other) in str(no.value)
    assert fingerprint(true_key) in str(no.value)
    with pytest.raises(NodeSilent, match="host key"):
        await bench.pmta.read_back(NODE, ACME, [VMTA])


async def test_a_registered_key_of_another_kind_is_refused(bench: SshBench) -> None:
    assert bench.host is not None
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
    true_key, bench.host = bench.host.host_key, replace(bench.host, host_key=other.strip())
    with pytest.raises(NodeRefused) as no:
        await bench.pmta.look(NODE)
    assert fingerprint(other) in str(no.value)
    assert fingerprint(true_key) in str(no.value)


@pytest.mark.real
async def test_of_several_host_keys_the_registered_one_is_asked_for(sshd: Sshd) -> None:
    async with real_bench(sshd.node()) as bench:
        assert bench.host is not None
        for key in (sshd.rsa_host_key, sshd.host_key):
            bench.host = replace(bench.host, host_key=key)
            assert (await bench.pmta.look(NODE)).included


@pytest.mark.parametrize("text", ["", "ssh-ed25519 AAAA", "no key"])
async def test_a_registered_host_key_that_is_none_is_said(demo: SshBench, text: str) -> None:
    assert demo.host is not None
    demo.host = replace(demo.host, host_key=text)
    with pytest.raises(NodeRefused, match="is none"):
        await demo.pmta.look(NODE)


async def test_a_changed_registration_ends_the_old_connection(demo: SshBench) -> None:
    await demo.pmta.look(NODE)
    assert demo.host is not None
    demo.host = replace(demo.host, port=1)
    with pytest.raises(NodeSilent, match=r"127\.0\.0\.1:1:"):
        await demo.pmta.look(NODE)


async def test_a_node_that_is_not_registered_is_refused(demo: SshBench) -> None:
    with pytest.raises(NodeRefused, match="pmta-9 is not registered"):
        await demo.pmta.look(NodeId("pmta-9"))


async def test_a_key_that_the_host_does_not_know_is_refused_with_what_to_do(
    bench: SshBench, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger"
    stranger.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    hands = PmtaSsh(ssh.Ssh(lambda _: bench.host, stranger), EngineId("main"))
    with pytest.raises(NodeRefused, match="authorized_keys"):
        await hands.look(NODE)


async def test_an_engine_without_its_key_says_where_it_looked(demo: SshBench) -> None:
    hands = PmtaSsh(ssh.Ssh(lambda _: demo.host, Path("/no/such/key")), EngineId("main"))
    with pytest.raises(NodeRefused, match="/no/such/key"):
        await hands.look(NODE)


async def test_a_host_that_accepts_and_says_nothing_is_silent_soon(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "CONNECT_S", 0.2)
    assert demo.host is not None
    with socket.create_server(("127.0.0.1", 0)) as mute:
        demo.host = replace(demo.host, port=mute.getsockname()[1])
        with pytest.raises(NodeSilent):
            await demo.pmta.look(NODE)


async def test_a_node_that_comes_back_is_reached_again(tmp_path: Path) -> None:
    node = DemoNode(tmp_path)
    await node.start()
    bench = SshBench(node, node.config.parent)
    await first(bench)
    await node.stop()
    with pytest.raises(NodeSilent):
        await bench.pmta.look(NODE)
    await node.start()
    assert await runs_the_first(bench)
    await bench.ssh.close()
    await node.stop()


# --- commands and connections


async def test_many_questions_at_once_share_one_connection(bench: SshBench) -> None:
    await first(bench)
    for _ in range(3):
        found = await asyncio.gather(*(bench.pmta.look(NODE) for _ in range(12)))
        assert len({(one.version, one.started, one.paused, one.included) for one in found}) == 1


@pytest.mark.real
async def test_every_word_reaches_the_node_as_it_is(sshd: Sshd) -> None:
    hostile = ["a b", "$(id)", "`id`", "'\"\\", "*", "; exit 3", "\n", "", "ü"]
    async with real_bench(sshd.node()) as bench:
        answer = await bench.ssh.run(NODE, ["printf", "%s|", *hostile], limit=5)
    assert answer == (0, "|".join([*hostile, ""]), answer.err)


@pytest.mark.real
async def test_a_command_that_hangs_is_ended_on_the_node_itself(sshd: Sshd) -> None:
    async with real_bench(sshd.node()) as bench:
        bench.stand_in.fault("show version", "hang")
        assert bench.host is not None
        with pytest.raises(NodeSilent, match="ended after 1 s"):
            await bench.ssh.run(NODE, [bench.host.pmta, "show", "version"], limit=1)
        assert not _processes(str(bench.path("").parents[2]))


@pytest.mark.real
async def test_no_command_is_left_behind_when_a_caller_gives_up(sshd: Sshd) -> None:
    async with real_bench(sshd.node()) as bench:
        bench.stand_in.fault("show version", "hang")
        assert bench.host is not None
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await bench.ssh.run(NODE, [bench.host.pmta, "show", "version"], limit=60)
        await bench.pmta.look(NODE)  # the connection is still good
        assert not _processes(str(bench.path("").parents[2]))


def _processes(about: str) -> list[str]:
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if about in words:
            found.append(words)
    return found


async def test_a_command_that_cannot_be_run_is_said_in_its_own_words(bench: SshBench) -> None:
    assert bench.host is not None
    bench.host = replace(bench.host, pmta="/no/such/pmta")
    with pytest.raises(NodeRefused, match=r"does not say that it runs: .*(not found|No such file)"):
        await bench.pmta.look(NODE)


async def test_a_wildcard_is_no_vmta(demo: SshBench) -> None:
    for lever in (demo.pmta.pause, demo.pmta.resume):
        with pytest.raises(ValueError, match="no VMTA's name"):
            await lever(NODE, "*")
    assert not any("queue" in call for call in demo.stand_in.peek()["calls"])


# --- the lock


async def test_a_stop_does_not_wait_for_a_rollout(bench: SshBench) -> None:
    await first(bench)
    bench.stand_in.fault("test config", "hang")
    rollout = asyncio.ensure_future(second(bench))
    await asyncio.sleep(0.3)
    async with asyncio.timeout(2):
        await bench.pmta.pause(NODE, VMTA)
    rollout.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rollout


async def test_a_lock_that_somebody_keeps_is_not_waited_for_for_ever(
    bench: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await first(bench)
    monkeypatch.setattr(powermta, "LOCK_WAIT_S", 1)
    with (bench.path("").parent / ".ee-lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(NodeRefused, match="another rollout holds it"):
            await second(bench)
    await second(bench)


async def test_a_lock_that_ran_out_before_the_swap_stops_the_rollout(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await first(demo)
    monkeypatch.setattr(powermta, "LOCK_HOLD_S", 1)
    demo.stand_in.fault("test config", "slow", text="1.2")
    with pytest.raises(NodeRefused, match="is not ours"):
        await second(demo)
    assert demo.text(ACME) == FIRST.text
    assert await runs_the_first(demo)


# --- files


async def test_files_are_for_their_owner_and_group_alone(bench: SshBench) -> None:
    await first(bench)
    config = bench.node.config.stat()
    for name, mode in (("acme.conf", 0o640), (".fence", 0o640), (".backup", 0o750), ("", 0o750)):
        found = bench.path(name).stat()
        assert found.st_mode & 0o7777 == mode, name
        assert (found.st_uid, found.st_gid) == (config.st_uid, config.st_gid)


async def test_an_upload_that_was_cut_off_does_not_stand_in_the_way(demo: SshBench) -> None:
    await first(demo)
    demo.path("acme.conf.new").write_text("half a fi")
    await second(demo)
    assert demo.text(ACME) == SECOND.text
    assert not demo.path("acme.conf.new").exists()


async def test_of_the_backups_the_newest_are_kept(demo: SshBench) -> None:
    before = ""
    for cap in range(1, 15):
        await demo.pmta.apply(NODE, file(cap), before=before, fence=LEADER)
        before = digest(file(cap).text)
    kept = [path.name for path in demo.path(".backup").iterdir()]
    assert len(kept) == 10
    assert f"acme-{digest(file(13).text)}" in kept
    await demo.pmta.restore(NODE, file(13), before=digest(file(13).text), fence=LEADER)


async def test_backups_that_cannot_be_removed_do_not_stop_a_rollout(demo: SshBench) -> None:
    await first(demo)
    for n in range(12):
        demo.path(f".backup/acme-{n:064}").mkdir()
    await second(demo)
    assert demo.text(ACME) == SECOND.text


async def test_a_torn_backup_is_none(demo: SshBench) -> None:
    await first(demo)
    await second(demo)
    demo.path(f".backup/acme-{digest(FIRST.text)}").write_text("half")
    await demo.pmta.restore(NODE, FIRST, before=digest(FIRST.text), fence=LEADER)
    assert await runs_the_first(demo)  # from the text that came with the request


async def test_what_a_restore_takes_away_is_kept_too(demo: SshBench) -> None:
    await first(demo)
    await second(demo)
    demo.edit(ACME, "# by hand\n")
    await demo.pmta.restore(NODE, FIRST, before=digest(FIRST.text), fence=LEADER)
    assert await runs_the_first(demo)
    kept = demo.path(f".backup/acme-{digest('# by hand' + chr(10))}")
    assert kept.read_text() == "# by hand\n"


@pytest.mark.parametrize("text", ["", "{", '{"epoch": "x", "holder": ""}', "[]"])
async def test_a_fence_that_cannot_be_read_refuses(demo: SshBench, text: str) -> None:
    await first(demo)
    demo.path(".fence").write_text(text)
    with pytest.raises(NodeRefused, match="no fence") as no:
        await second(demo)
    assert no.value.kind == "fenced"


async def test_a_directory_without_a_configuration_is_said(demo: SshBench) -> None:
    demo.node.config.unlink()
    with pytest.raises(NodeRefused, match="there is no /etc/pmta/config"):
        await first(demo)
    with pytest.raises(NodeRefused, match="there is no /etc/pmta/config"):
        await demo.pmta.look(NODE)


async def test_a_directory_that_is_not_there_is_said(demo: SshBench) -> None:
    shutil.rmtree(demo.node.config.parent)
    with pytest.raises(NodeRefused, match=r"/etc/pmta/\.ee-lock"):
        await first(demo)


@pytest.mark.real
async def test_a_directory_that_may_not_be_written_is_said(sshd: Sshd) -> None:
    node = sshd.node()
    async with real_bench(node) as bench:
        await first(bench)
        bench.path("").chmod(0o500)
        with pytest.raises(NodeRefused, match=r"could not write .*acme\.conf"):
            await second(bench)
        bench.path("").chmod(0o750)
        assert await runs_the_first(bench)


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


# --- passwords


async def test_a_password_is_in_the_nodes_copy_and_in_no_digest_backup_or_read_back(
    bench: SshBench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / VMTA).write_text("S3cret-of-one\n")
    hands = PmtaSsh(bench.ssh, EngineId("main"), SecretsDir(secrets))
    wish = {IP: replace(vmta(Levers("open", PerDay(50))), login=VMTA)}
    text, expect = tenant_file.render(ACME, wish), tenant_file.expected(ACME, wish)
    new = NodeFile(tenant=ACME, text=text, expect=expect)
    await hands.apply(NODE, new, before="", fence=LEADER)
    laid = bench.text(ACME)
    assert laid == text.replace(f"{{secret:{VMTA}}}", "S3cret-of-one") != text
    assert bench.path("acme.conf").stat().st_mode & 0o007 == 0
    assert await hands.read_back(NODE, ACME, [VMTA]) == (digest(text), expect)
    assert await hands.lies(NODE, ACME) == text.encode()
    await hands.apply(NODE, SECOND, before=digest(text), fence=LEADER)
    kept = [path.read_text() for path in bench.path(".backup").iterdir()]
    assert kept == [text]
    await hands.restore(NODE, new, before=digest(text), fence=LEADER)
    assert bench.text(ACME) == laid


async def test_a_password_that_went_missing_leaves_the_node_as_it_is(
    demo: SshBench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secrets = tmp_path_factory.mktemp("secrets")
    await first(demo)
    hands = PmtaSsh(demo.ssh, EngineId("main"), SecretsDir(secrets))
    wish = {IP: replace(vmta(Levers("open", PerDay(50))), login=VMTA)}
    new = NodeFile(
        tenant=ACME, text=tenant_file.render(ACME, wish), expect=tenant_file.expected(ACME, wish)
    )
    with pytest.raises(NodeRefused, match=f"cannot read the secret {secrets / VMTA}"):
        await hands.apply(NODE, new, before=digest(FIRST.text), fence=LEADER)
    assert await runs_the_first(demo)
    demo.edit(ACME, new.text.replace(f"{{secret:{VMTA}}}", "by-somebody-else"))
    found = await hands.lies(NODE, ACME)
    assert found is not None
    assert b"by-somebody-else" not in found
    with pytest.raises(NodeRefused, match="somebody edited it"):
        await hands.apply(NODE, SECOND, before=digest(FIRST.text), fence=LEADER)


@pytest.mark.parametrize("said", ["No such job.", "Job spring not found"])
async def test_a_job_of_which_nothing_waits_is_none_that_was_refused(
    demo: SshBench, said: str
) -> None:
    demo.stand_in.fault("pause job", "say", text=said)
    await demo.pmta.pause_job(NODE, "spring")


@pytest.mark.parametrize("said", ["", "paused job", "Error: pmtad is not running"])
async def test_only_the_very_words_hold_a_job(demo: SshBench, said: str) -> None:
    demo.stand_in.fault("pause job", "say", text=said)
    with pytest.raises(NodeRefused, match="was not obeyed") as refused:
        await demo.pmta.pause_job(NODE, "spring")
    assert refused.value.kind == "node"


async def test_an_option_is_no_job(demo: SshBench) -> None:
    with pytest.raises(ValueError, match="no job"):
        await demo.pmta.pause_job(NODE, "--all")


# --- keys of DKIM


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
async def test_a_key_lies_there_for_powermta_alone_and_is_the_one_whose_record_is_published(
    bench: SshBench, algorithm: Algorithm
) -> None:
    pair = await NewKeys().make(algorithm)
    path = await bench.pmta.lay_key(NODE, "acme--a.example--s1.pem", pair.private, fence=LEADER)
    assert path.endswith("/ee-main/keys/acme--a.example--s1.pem")
    laid = bench.path("keys/acme--a.example--s1.pem")
    assert laid.read_bytes() == pair.private
    assert laid.stat().st_mode & 0o777 == 0o640
    assert laid.stat().st_gid == bench.path("../config").stat().st_gid
    assert deployed(await bench.pmta.dkim_public(NODE, path)) == deployed(pair.public)
    other = await NewKeys().make(algorithm)
    assert other.public != pair.public
    await bench.pmta.lay_key(NODE, "acme--a.example--s1.pem", other.private, fence=LEADER)
    assert laid.read_bytes() == other.private
    for _ in range(2):
        await bench.pmta.remove_key(NODE, "acme--a.example--s1.pem", fence=LEADER)
        assert not laid.exists()


@pytest.mark.parametrize("name", ["../config", "a/b.pem", "", ".pem", "a.conf", "a\n.pem", "A.pem"])
async def test_a_key_is_laid_nowhere_else(demo: SshBench, name: str) -> None:
    with pytest.raises(NodeRefused, match="cannot be the name of a key"):
        await demo.pmta.lay_key(NODE, name, b"x", fence=LEADER)
    with pytest.raises(NodeRefused, match="cannot be the name of a key"):
        await demo.pmta.remove_key(NODE, name, fence=LEADER)


async def test_a_key_is_laid_by_who_leads(demo: SshBench) -> None:
    await first(demo)
    with pytest.raises(NodeRefused, match="another process leads"):
        await demo.pmta.lay_key(NODE, "a.pem", b"x", fence=Fence(1, "before"))
    assert not demo.path("keys").exists()


async def test_the_nodes_own_file_lies_beside_a_tenants_and_both_are_read(demo: SshBench) -> None:
    await first(demo)
    own = NodeOwn(OwnAccounting("/var/log/pmta/ee-main.csv", "/var/log/pmta/ee"))
    text = node_file.made(own).text
    new = NodeFile(tenant=TenantId(""), text=text, expect=())
    await demo.pmta.apply(NODE, new, before="", fence=LEADER)
    assert demo.path("_node.conf").read_text() == text
    assert await demo.pmta.read_back(NODE, TenantId(""), []) == (digest(text), ())
    assert await runs_the_first(demo)


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
