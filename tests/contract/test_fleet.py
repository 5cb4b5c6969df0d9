"""The fleet file against the API: planned, applied, exported, and planned again."""

import asyncio
import io
import json
import re
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from engine.app import fleet_file
from engine.cli import environment, exits, fleet_apply, fleet_state
from engine.cli.client import Client
from engine.cli.exits import Failed
from engine.cli.fleet_keys import Keys
from engine.events.mailwizz import MailwizzLooked
from engine.ids import InstanceId, IpAddr, TenantId
from engine.rules.fleet import diff
from engine.rules.fleet.declared import Fleet
from tests.support import fleets
from tests.support.api_world import ALL, SOS, api_world
from tests.support.fleet_shell import Shell, shell_in

FLEET = """\
[[tenants]]
slug = "acme"
name = "Acme"
brand_domain = "acme.com"
sending_domain_base = "acme-mail.com"
quota = 1000

[[nodes]]
name = "mta-1"
host = "192.0.2.9"
host_key = "ssh-ed25519 AAAA"

[[domains]]
domain = "acme-mail.com"
tenant = "acme"

[[ips]]
address = "1.2.3.4"
tenant = "acme"
ladder = "mailtrap"

[[ips]]
address = "1.2.3.5"
tenant = "acme"
"""


@pytest.fixture
async def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Shell]:
    async with shell_in(tmp_path, monkeypatch, capsys) as found:
        yield found


# --- the whole way --------------------------------------------------------------------------------


async def test_a_fleet_is_planned_applied_and_is_then_what_its_file_says(shell: Shell) -> None:
    before = shell.world.length
    code, out, _ = await shell.plan(FLEET)
    assert code == exits.CHANGES
    assert out.splitlines()[-1] == "5 to create, 0 to change, 0 to remove"
    assert "    quota                1,000" in out.splitlines()
    assert "    plan  ladder mailtrap" in out.splitlines()
    assert shell.world.length == before, "a plan changes nothing"
    code, out, _ = await shell.apply(FLEET, "--yes")
    assert code == exits.OK
    assert "Done: 5 of 5" in out
    assert out.count("ee_live_") == 1, "the first key of the new tenant, which is shown once"
    applied = shell.world.length
    assert (await shell.plan(FLEET))[:2] == (
        exits.OK,
        "Nothing to do: the fleet is what the file says.\n",
    )
    assert (await shell.apply(FLEET, "--yes"))[0] == exits.OK
    assert shell.world.length == applied, "said again, it changes nothing"
    tags = shell.world.tags()
    assert [tags.count(one) for one in ("ip.registered", "ip.warmup_requested")] == [2, 1]


async def test_what_is_exported_is_the_fleet_and_plans_nothing(shell: Shell) -> None:
    await shell.apply(FLEET, "--yes")
    _, text, _ = await shell.run("export")
    assert 'quota = 1000\nauthority = "act"' in text
    assert 'ladder = "mailtrap"' in text
    assert "ee_live" not in text
    assert (await shell.plan(text))[0] == exits.OK
    _, shown, _ = await shell.run("export", "--json")
    assert fleet_file.read(json.loads(shown), "x").fleet == fleet_file.parse(text, "y").fleet


async def test_a_delivery_server_that_is_named_is_kept_until_mailwizz_has_it_no_more(
    shell: Shell,
) -> None:
    acme, main, ip = TenantId("acme"), InstanceId("main"), IpAddr("1.2.3.4")
    shell.world.instances[acme] = (main,)
    served = FLEET.replace("quota = 1000", 'mailwizz = "main"')
    named = served.replace('ladder = "mailtrap"', 'ladder = "mailtrap"\nserver_id = 1007')
    code, out, err = await shell.apply(named, "--yes")
    assert (code, err) == (exits.OK, "")
    assert "    server_id  1007" in out.splitlines()
    assert (await shell.plan(named))[0] == exits.OK, "it is what the file says"
    _, text, _ = await shell.run("export")
    assert text.count("server_id = 1007") == 1
    assert (await shell.plan(text))[0] == exits.OK
    assert (await shell.plan(served))[0] == exits.OK, "what is left out stays"
    second = f"{named}server_id = 1008\n"
    assert (await shell.apply(second, "--yes"))[0] == exits.OK
    assert "server.claimed" in shell.world.tags()[-2:]
    other = named.replace("1007", "1009")
    code, _, err = await shell.plan(other)
    assert code == exits.REFUSED
    assert "server_id (1.2.3.4)" in err
    assert "it has server 1007, and keeps it until it is removed" in err
    look = MailwizzLooked(instance=main, ips=(ip,), gone=(ip,))
    await shell.world.happens(acme, ip, look)
    code, out, _ = await shell.apply(other, "--yes")
    assert code == exits.OK
    assert "    server_id  1007 -> 1009" in out.splitlines()
    assert (await shell.plan(other))[0] == exits.OK


async def test_changes_are_made_where_the_file_differs_and_nothing_goes_unasked(
    shell: Shell,
) -> None:
    await shell.apply(FLEET, "--yes")
    text = FLEET.replace("1000", "2000").replace('"mailtrap"', '"sendgrid"')
    shorter = text[: text.rindex("[[ips]]")] + '[[nodes]]\nname = "mta-1"\nport = 2222\n'
    shorter = shorter.replace('[[nodes]]\nname = "mta-1"\nhost = "192.0.2.9"\n', "[[nodes]]\n", 1)
    shorter = shorter.replace('[[nodes]]\nhost_key = "ssh-ed25519 AAAA"\n', "")
    code, out, _ = await shell.plan(shorter)
    assert code == exits.CHANGES
    assert out.splitlines() == [
        "~ node mta-1",
        "    port  22 -> 2222",
        "~ tenant acme",
        "    quota  1,000 -> 2,000",
        "~ ip 1.2.3.4 (acme)",
        "    plan  ladder mailtrap -> ladder sendgrid",
        "",
        "Not in the file, and kept:",
        "  ip: 1.2.3.5",
        "",
        "0 to create, 3 to change, 0 to remove",
    ]
    assert (await shell.apply(shorter, "--yes"))[0] == exits.OK
    _, text, _ = await shell.run("export")
    assert "port = 2222" in text
    assert 'ladder = "sendgrid"' in text
    assert 'address = "1.2.3.5"' in text


async def test_what_is_named_goes_an_address_once_it_is_empty(shell: Shell) -> None:
    await shell.apply(FLEET, "--yes")
    named = [part for part in FLEET.split("\n\n") if "1.2.3.5" not in part]
    text = "\n\n".join(named).replace("[[domains]]\n", "[[domains]]\nremoved = true\n")
    code, out, _ = await shell.apply(text, "--yes", "--remove", "1.2.3.5")
    assert code == exits.OK
    assert [line for line in out.splitlines() if line.startswith("-")] == [
        "- ip 1.2.3.5 (acme)",
        "- domain acme-mail.com (acme)",
    ]
    tags = shell.world.tags()
    assert tags.count("ip.removal_asked") == tags.count("domain.removed") == 1
    code, out, _ = await shell.plan(text)
    assert code == exits.OK
    _, exported, _ = await shell.run("export")
    assert "removed = true" in exported
    assert (await shell.plan(exported))[0] == exits.OK
    code, _, err = await shell.plan(FLEET)
    assert code == exits.REFUSED
    assert f"{shell.file}:22: ips[1] (1.2.3.5): its removal was asked for" in err


@settings(max_examples=12)
@given(fleets.files())
def test_the_export_of_an_applied_fleet_and_its_own_file_plan_nothing(table: fleets.Table) -> None:
    asyncio.run(_there_and_back(fleets.fleet(table)))


async def _there_and_back(wanted: Fleet) -> None:
    async with api_world() as world:
        key = (await world.issue(None, *ALL)).text
        source = Client(str(world.http.make_url("/")), key)
        exported = await asyncio.to_thread(_applied, source, wanted)
    assert wanted == Fleet() or exported.tenants


def _applied(source: Client, wanted: Fleet) -> Fleet:
    first = diff.plan(wanted, fleet_state.stands(source))
    assert first.refused == ()
    for step in first.steps:
        fleet_apply.take(source, first, step, Keys(None))
    now = fleet_state.stands(source)
    text = fleet_file.text(fleet_state.declared(now))
    exported = fleet_file.parse(text, "exported").fleet
    for again in (diff.plan(wanted, now), diff.plan(exported, now)):
        assert (again.steps, again.kept, again.refused) == ((), (), ())
    anew = diff.plan(exported, now._replace(fleet=Fleet(), places={}))
    assert anew.refused == (), "another engine can be given it"
    return exported


# --- stopped, and interrupted ---------------------------------------------------------------------


async def test_it_stops_at_a_refusal_says_how_far_it_came_and_goes_on_from_there(
    shell: Shell,
) -> None:
    reserved = FLEET.replace("1.2.3.4", "192.0.2.4")
    code, out, err = await shell.apply(reserved, "--yes")
    assert code == exits.REFUSED
    assert "Done: 3 of 5" in out
    assert out.count("ee_live_") == 1, "a key that was made is told all the same"
    assert "stopped at `+ ip 192.0.2.4 (acme)`: A value cannot be taken: 192.0.2.4 is not a" in err
    assert "Done before it: + node mta-1; + tenant acme; + domain acme-mail.com (acme)\n" in err
    assert "Not begun: + ip 1.2.3.5 (acme)\n" in err
    code, out, _ = await shell.apply(FLEET, "--yes", "--json")
    found = json.loads(out)
    assert code == exits.OK
    assert [one["name"] for one in found["done"]] == ["1.2.3.4", "1.2.3.5"]
    assert (found["not_done"], found["why"], found["keys"]) == ([], None, {})


async def test_what_stopped_is_said_to_programs_too(shell: Shell) -> None:
    code, out, _ = await shell.apply(FLEET.replace("1.2.3.4", "192.0.2.4"), "--yes", "--json")
    found = json.loads(out)
    assert code == exits.REFUSED
    assert [one["name"] for one in found["not_done"]] == ["192.0.2.4", "1.2.3.5"]
    assert "is not a public address" in found["why"]
    assert found["keys"]["acme"].startswith("ee_live_")


@pytest.mark.parametrize("lost", ["/tenants", "/ips"])
async def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(
    lost: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, once = Client._answer, [lost]

    def answer(self: Client, verb: str, path: str, *rest: Any) -> tuple[int, bytes]:
        found = real(self, verb, path, *rest)
        if verb == "POST" and once and path.endswith(once[0]):
            once.clear()
            raise Failed("the cable", exits.UNREACHABLE)
        return found

    monkeypatch.setattr(Client, "_answer", answer)
    code, out, _ = await shell.apply(FLEET, "--yes")
    assert (code, once) == (exits.OK, [])
    tags = shell.world.tags()
    done = [tags.count(one) for one in ("tenant.created", "ip.registered", "command.completed")]
    assert done == [1, 2, 5]
    assert ("the key of acme was in an answer that was lost" in out) is (lost == "/tenants")


async def test_an_engine_that_went_away_leaves_a_doubt_that_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, keys = Client.order, list[str]()

    def order(self: Client, method: str, path: Any, *rest: Any) -> Any:
        keys.append(rest[-1])
        source = self._replace(url="http://127.0.0.1:9") if path[0] == "ips" else self
        return real(source, method, path, *rest)

    monkeypatch.setattr(Client, "order", order)
    code, _, err = await shell.apply(FLEET, "--yes")
    assert code == exits.UNREACHABLE
    assert "Whether it was done is not known." in err
    assert all(re.fullmatch("fleet-[0-9a-f]{32}", key) for key in keys)
    assert len(set(keys)) == len(keys) - 1, "a key for each request, and the last was tried twice"


# --- keys, and being asked ------------------------------------------------------------------------


async def test_keys_go_into_files_of_their_own_that_nobody_else_reads(
    shell: Shell, tmp_path: Path
) -> None:
    code, _, err = await shell.apply(FLEET, "--yes", "--keys-dir", str(tmp_path / "none"))
    assert (code, "is no directory" in err) == (exits.FAILED, True)
    taken = tmp_path / "acme.key"
    taken.write_text("an older one")
    code, _, err = await shell.apply(FLEET, "--yes", "--keys-dir", str(tmp_path))
    assert (code, "no key is written over" in err) == (exits.FAILED, True)
    assert "tenant.created" not in shell.world.tags()
    taken.unlink()
    code, out, _ = await shell.apply(FLEET, "--yes", "--keys-dir", str(tmp_path))
    assert code == exits.OK
    assert "ee_live_" not in out
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600
    client = shell.world.client(taken.read_text().strip())
    assert (await client.get("/api/v2/tenants")).body["items"][0]["slug"] == "acme"


@pytest.mark.parametrize(("said", "code"), [("yes\n", exits.OK), ("y\n", exits.FAILED)])
async def test_it_asks_before_it_does_anything_and_only_yes_is_yes(
    said: str, code: int, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    before = shell.world.length
    found, out, err = await shell.apply(FLEET)
    assert found == exits.USAGE
    assert "say --yes" in err
    assert shell.world.length == before
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    found, out, err = await shell.apply(FLEET)
    assert (found, "+ tenant acme" in out) == (code, True)
    assert (shell.world.length == before) is (code != exits.OK)


async def test_a_file_that_is_wrong_and_a_key_that_may_not_change_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shell.world.length
    code, out, err = await shell.apply(FLEET.replace("slug", "slgu"), "--yes")
    assert (code, out) == (exits.FAILED, "")
    assert f"{shell.file}:2: there is no key `slgu`" in err
    assert len(err.splitlines()) == 5, "and the three that name a tenant which is none"
    assert shell.world.length == before
    await shell.apply(FLEET, "--yes")
    monkeypatch.setenv(environment.KEY, (await shell.world.issue(SOS, "read", "operate")).text)
    code, _, err = await shell.plan(FLEET)
    assert (code, "the platform's" in err) == (exits.REFUSED, True)


# --- what the API takes for it --------------------------------------------------------------------


async def test_an_address_is_registered_on_a_ladder_in_one_append(shell: Shell) -> None:
    _, sos, _ = await shell.world.two_tenants()
    made = await sos.post("/api/v2/ips", {"address": "1.2.3.4", "purpose": "a", "caps": [50, 200]})
    assert made.status == 201
    assert (made.body["plan"]["ladder"], made.body["plan"]["caps"]) == ("own", [50, 200])
    assert made.body["given_hostname"] == ""
    last = shell.world.tags()[-3:]
    assert last == ["ip.registered", "ip.warmup_requested", "command.completed"]
    body = {"address": "1.2.3.5", "purpose": "a", "warmup": "manual", "ladder": "mailtrap"}
    assert (await sos.post("/api/v2/ips", body)).problem == (422, "invalid", "$.ladder")
    wrong = {"address": "1.2.3.5", "purpose": "a", "caps": [50, 20]}
    assert (await sos.post("/api/v2/ips", wrong)).problem == (422, "invalid", "$.caps[1]")


async def test_a_repeated_registration_is_answered_though_defaults_changed_since(
    shell: Shell,
) -> None:
    world = shell.world
    admin, sos, _ = await world.two_tenants()
    body = {"address": "1.2.3.4", "purpose": "a", "ladder": "mailtrap"}
    key = {"Idempotency-Key": "one"}
    first = await sos.post("/api/v2/ips", body, headers=key)
    await world.node("pmta-2")
    world.instances[SOS] = (InstanceId("other"),)
    await admin.ask("PATCH", "/api/v2/tenants/sos-expat", {"mailwizz": "other"})
    await sos.post("/api/v2/domains", {"domain": "a-mail.com"})
    before = world.length
    again = await sos.post("/api/v2/ips", body, headers=key)
    assert (again.status, again.body["node"]) == (201, first.body["node"])
    named = await sos.post("/api/v2/ips", {**body, "node": first.body["node"]}, headers=key)
    assert named.status == 201
    for other in ({"ladder": "sendgrid"}, {"purpose": "b"}, {"node": "pmta-2"}):
        said = await sos.post("/api/v2/ips", {**body, "node": "pmta-1"} | other, headers=key)
        assert said.problem[:2] == (422, "key-reused")
    assert world.length == before, "nothing was done again"


async def test_what_a_list_does_to_a_tenant_is_shown_with_it(shell: Shell) -> None:
    admin, sos, _ = await shell.world.two_tenants()
    actions = {"psbl.surriel.com": "alert"}
    await admin.ask("PUT", "/api/v2/tenants/sos-expat/zone-actions", {"actions": actions})
    assert (await sos.get("/api/v2/tenants/sos-expat")).body["zone_actions"] == actions
