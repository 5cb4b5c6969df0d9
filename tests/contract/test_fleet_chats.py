"""Chats in the fleet file, against the API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.cli import exits
from tests.support.api_world import ALL
from tests.support.fleet_shell import Shell, shell_in

TENANT = """\
[[tenants]]
slug = "acme"
name = "Acme"
brand_domain = "acme.com"
sending_domain_base = "acme-mail.com"
quota = 1000
"""
CHATS = """\
[[chats]]
chat = "-1001"
tenant = "acme"
quiet = "22:00-07:00"
quiet_tz = "Europe/Paris"

[[chats]]
chat = "-1002"
platform = true
"""


@pytest.fixture
async def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Shell]:
    async with shell_in(tmp_path, monkeypatch, capsys) as found:
        yield found


async def test_chats_are_added_changed_kept_and_removed_where_they_are_named(shell: Shell) -> None:
    both = TENANT + CHATS
    code, out, err = await shell.apply(both, "--yes")
    assert (code, err) == (exits.OK, "")
    added = "+ chat -1001 (acme)\n    quiet     22:00-07:00\n    quiet_tz  Europe/Paris\n"
    assert f"{added}+ chat -1002\n" in out
    assert (await shell.plan(both))[0] == exits.OK
    _, text, _ = await shell.run("export")
    assert 'quiet = "22:00-07:00"\nquiet_tz = "Europe/Paris"' in text
    assert (await shell.plan(text))[0] == exits.OK
    code, out, _ = await shell.plan(TENANT)
    assert (code, "  chat: -1002, acme/-1001" in out.splitlines()) == (exits.OK, True)
    louder = both.replace("quiet_tz", 'severity = "critical"\nquiet_tz')
    code, out, _ = await shell.apply(louder.replace('quiet = "22:00-07:00"\n', ""), "--yes")
    assert (code, out) == (exits.FAILED, ""), "a time zone goes with hours"
    code, out, _ = await shell.apply(louder, "--yes")
    assert "~ chat -1001 (acme)\n    severity  info -> critical\n" in out
    code, out, _ = await shell.apply(TENANT, "--yes", "--remove", "-1002")
    assert (code, "- chat -1002\n" in out) == (exits.OK, True)
    assert [(one["chat"], one["tenant"], one["severity"]) for one in await _chats(shell)] == [
        ("-1001", "acme", "critical")
    ]
    gone = TENANT + CHATS.partition("\n\n")[0].replace('"-1001"', '"-1001"\nremoved = true')
    code, out, _ = await shell.apply(gone, "--yes")
    assert (code, "- chat -1001 (acme)\n" in out) == (exits.OK, True)
    assert await _chats(shell) == []
    assert (await shell.plan(gone))[0] == exits.OK, "its table may stay"
    code, _, err = await shell.plan(TENANT, "--remove", "acme/-1001")
    assert (code, "there is no such address, domain or chat" in err) == (exits.REFUSED, True)


async def test_what_a_file_leaves_out_of_a_chat_stays(shell: Shell) -> None:
    await shell.apply(TENANT + CHATS, "--yes")
    said = '[[chats]]\nchat = -1001\ntenant = "acme"\nseverity = "warning"\n'
    assert (await shell.apply(TENANT + said, "--yes"))[0] == exits.OK
    (row,) = [one for one in await _chats(shell) if one["tenant"]]
    assert (row["severity"], row["quiet"], row["quiet_tz"]) == (
        "warning",
        "22:00-07:00",
        "Europe/Paris",
    )


async def test_a_chat_becomes_the_platforms_once_its_tenant_lets_it_go(shell: Shell) -> None:
    first = CHATS.partition("\n\n")[0]
    await shell.apply(f"{TENANT}{first}\n", "--yes")
    ours = '[[chats]]\nchat = "-1001"\nplatform = true\n'
    code, _, err = await shell.plan(TENANT + ours)
    assert code == exits.REFUSED
    assert "chats[0].chat (-1001): it hears of acme too; a chat is either of tenants" in err
    code, _, err = await shell.apply(TENANT + ours, "--yes", "--remove", "acme/-1001")
    assert (code, err) == (exits.OK, "")
    assert [(one["chat"], one["platform"]) for one in await _chats(shell)] == [("-1001", True)]


async def test_a_chat_of_the_configuration_is_not_declared_too(shell: Shell) -> None:
    text = TENANT + CHATS
    before = shell.world.length
    shell.world.configured_chats = frozenset({"-1002"})
    code, _, err = await shell.apply(text, "--yes")
    assert code == exits.REFUSED
    assert "chats[1].chat (-1002): it stands in the engine's configuration" in err
    assert "-1001" not in err
    shell.world.configured_chats = None
    code, _, err = await shell.apply(text, "--yes")
    assert (code, err.count("names no bot")) == (exits.REFUSED, 2)
    assert shell.world.length == before, "nothing was done"
    shell.world.configured_chats = frozenset()
    await shell.apply(text, "--yes")
    shell.world.configured_chats = frozenset({"-1002"})
    assert (await shell.plan(text))[0] == exits.OK, "it is what the file says, and does not count"


async def _chats(shell: Shell) -> list[dict[str, Any]]:
    admin = await shell.world.key(None, *ALL)
    found: list[dict[str, Any]] = (await admin.get("/api/v2/chats")).body["items"]
    return found
