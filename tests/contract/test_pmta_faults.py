"""Whatever a host does in the middle of a rollout, it ends running what it ran, or it is said."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from engine.adapters import ssh
from engine.adapters.powermta_command import Command
from engine.ports import NodeFile, NodeRefused, NodeSilent
from engine.rules.pmta_config.tenant_file import digest
from tests.support.node_bench import SshBench, demo_bench
from tests.support.pmta_files import FIRST, LEADER, SECOND, VMTA, second
from tests.support.spec import ACME, NODE


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[SshBench]:
    async with demo_bench(tmp_path) as bench:
        await bench.pmta.apply(NODE, FIRST, before="", fence=LEADER)
        yield bench


def hangs_now(bench: SshBench) -> bool:
    return not any(one["times"] for one in bench.stand_in.peek()["faults"])


async def gives_up(bench: SshBench, hangs: Callable[[], bool]) -> None:
    """As a caller whose patience is over, once the host hangs."""
    rollout = asyncio.create_task(second(bench))
    while not hangs():
        assert not rollout.done(), rollout
        await asyncio.sleep(0.01)
    rollout.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await rollout


async def stands(bench: SshBench, of: NodeFile) -> bool:
    found = await bench.pmta.read_back(NODE, ACME, [VMTA])
    return found == (digest(of.text), of.expect)


# --- a disk that takes nothing


@pytest.mark.parametrize(
    ("code", "what"), [(errno.ENOSPC, "No space left"), (errno.EDQUOT, "quota exceeded")]
)
async def test_a_full_disk_is_refused_in_its_own_words_and_the_old_file_runs_on(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch, code: int, what: str
) -> None:
    def full(_self: object, _file: object, _offset: int, _data: bytes) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(asyncssh.SFTPServer, "write", full)
    with pytest.raises(NodeRefused, match=f"(?i){what}.*free space"):
        await second(demo)
    assert await stands(demo, FIRST)
    monkeypatch.undo()
    await second(demo)
    assert await stands(demo, SECOND)


async def test_a_disk_that_is_full_only_for_the_sync_leaves_the_old_file_too(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, _file: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(asyncssh.SFTPServer, "fsync", full)
    with pytest.raises(NodeRefused, match="No space left"):
        await second(demo)
    assert await stands(demo, FIRST)


async def test_a_file_system_that_became_read_only_is_refused_and_nothing_is_changed(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_open = asyncssh.SFTPServer.open

    def only_reads(
        self: asyncssh.SFTPServer, path: bytes, flags: int, attrs: asyncssh.SFTPAttrs
    ) -> object:
        if flags & asyncssh.FXF_WRITE:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return true_open(self, path, flags, attrs)

    monkeypatch.setattr(asyncssh.SFTPServer, "open", only_reads)
    with pytest.raises(NodeRefused, match="Read-only file system"):
        await second(demo)
    assert await stands(demo, FIRST)


# --- a host that hangs


@pytest.mark.parametrize(
    ("command", "skip"),
    [("test config", 0), ("show vmta-settings", 0)],
)
async def test_a_hang_before_the_swap_leaves_everything_as_it_was(
    demo: SshBench, command: str, skip: int
) -> None:
    demo.stand_in.fault(command, "hang", skip=skip)
    await gives_up(demo, lambda: hangs_now(demo))
    assert await stands(demo, FIRST)
    await second(demo)
    assert await stands(demo, SECOND)


@pytest.mark.parametrize(
    ("command", "skip", "runs"),
    [
        ("test config", 1, FIRST),  # after the upload
        ("reload", 0, FIRST),
        ("show vmta-settings", 1, SECOND),  # after the reload
    ],
)
async def test_a_hang_after_the_swap_shows_both_what_lies_there_and_what_runs(
    demo: SshBench, command: str, skip: int, runs: NodeFile
) -> None:
    """A look tells, and a restore mends."""
    demo.stand_in.fault(command, "hang", skip=skip)
    await gives_up(demo, lambda: hangs_now(demo))
    found = await demo.pmta.read_back(NODE, ACME, [VMTA])
    assert found == (digest(SECOND.text), runs.expect)
    await demo.pmta.restore(NODE, FIRST, before=digest(FIRST.text), fence=LEADER)
    assert await stands(demo, FIRST)


async def test_an_upload_that_hangs_leaves_the_old_file(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it keep its caller."""
    monkeypatch.setattr(ssh, "GRACE_S", 0.1)
    began, ends = asyncio.Event(), asyncio.Event()

    async def hangs(_self: object, _file: object, _offset: int, _data: bytes) -> int:
        began.set()
        await ends.wait()
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(asyncssh.SFTPServer, "write", hangs)
    try:
        await gives_up(demo, began.is_set)
    finally:
        ends.set()
        monkeypatch.undo()
    assert await stands(demo, FIRST)
    await second(demo)
    assert await stands(demo, SECOND)


# --- somebody else at work


async def test_an_edit_during_the_rollout_is_a_conflict_and_stays(
    demo: SshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor takes no lock; it may write while PowerMTA tests its configuration."""
    edited, true_test = f"{FIRST.text}# by hand\n", Command.test

    async def while_somebody_edits(self: Command, *asked: Any, **more: Any) -> bool:
        demo.edit(ACME, edited)
        return await true_test(self, *asked, **more)

    monkeypatch.setattr(Command, "test", while_somebody_edits)
    with pytest.raises(NodeRefused, match="somebody edited it") as no:
        await second(demo)
    assert no.value.kind == "conflict"
    assert demo.text(ACME) == edited


# --- a host that nobody knows yet


async def test_the_key_that_a_host_shows_is_the_one_that_is_pinned(demo: SshBench) -> None:
    assert demo.host is not None
    assert await ssh.shown_key("127.0.0.1", demo.host.port) == demo.host.host_key


async def test_where_nobody_answers_no_key_is_shown(demo: SshBench) -> None:
    async def says_nothing_of_ssh(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(says_nothing_of_ssh, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises((NodeRefused, NodeSilent), match=r"SSH|answer"):
            await demo.pmta.host_key("127.0.0.1", port)
    with pytest.raises(NodeSilent, match=str(port)):
        await demo.pmta.host_key("127.0.0.1", port)


# --- what a node runs, whole


async def test_the_live_configuration_is_shown_with_all_that_it_includes(demo: SshBench) -> None:
    more = demo.node.config.parent / "more"
    more.mkdir()
    (more / "b.conf").write_text("include /etc/pmta/more/deep\n")
    (more / "deep").write_text("total-max-smtp-in 9\n")
    (more / ".b.conf.swp").write_text("an editor's\n")
    (more / "side").write_text("log-rotate 3\n")
    config = demo.node.config.read_text()
    demo.node.config.write_text(
        f"{config}include more/*.conf\ninclude gone\ninclude ./m?re/s*\ninclude away/*\n"
    )
    found = dict(await demo.pmta.configuration(NODE))
    assert next(iter(found)) == "/etc/pmta/config"
    assert found["/etc/pmta/more/deep"] == "total-max-smtp-in 9\n"
    assert found["/etc/pmta/more/side"] == "log-rotate 3\n"
    assert found["/etc/pmta/ee-main/acme.conf"] == FIRST.text
    assert not [path for path in found if path.endswith((".swp", "gone"))]


async def test_a_node_without_its_main_file_is_refused(demo: SshBench) -> None:
    demo.node.config.unlink()
    with pytest.raises(NodeRefused, match="no /etc/pmta/config"):
        await demo.pmta.configuration(NODE)
