"""What is the driver's own affair: keys, connections, locks and files."""

import asyncio
import fcntl
import shutil
import socket
from pathlib import Path

import asyncssh
import pytest
from msgspec.structs import replace

from engine.adapters import powermta, ssh
from engine.adapters.powermta import PmtaSsh
from engine.demo.node import DemoNode
from engine.ids import EngineId, NodeId
from engine.ports import NodeRefused, NodeSilent
from engine.rules.pmta_config.tenant_file import digest
from tests.support.node_bench import SshBench, real_bench
from tests.support.pmta_files import (
    FIRST,
    LEADER,
    SECOND,
    VMTA,
    file,
    first,
    runs_the_first,
    second,
)
from tests.support.spec import ACME, NODE
from tests.support.sshd import Sshd

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
