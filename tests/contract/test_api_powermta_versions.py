"""Versions of a tenant's file, the way back to one, and files that somebody edited."""

from typing import Any

from engine.commands.rollout import NoteCommit, PlanRollout, ReportRollout
from engine.ids import IpAddr, TenantId
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.node_file import NodeOwn, OwnAccounting
from tests.support import samples
from tests.support.api_world import SOS, ULIXAI, ApiWorld, Client
from tests.support.spec import NODE

IP = "1.2.3.4"
PMTA = "/api/v2/powermta"
FIRST = {"name": "pmta-vmta0", "ip": IP, "hostname": "mail1.sos-mail.com", "quota": "100/day"}
OWN, NOBODY = NodeOwn(OwnAccounting("/ee.csv", "/ee")), TenantId("")
KEYED = FIRST | {"dkim_key": "/path/to/dkim.pem"}


async def ready(world: ApiWorld) -> tuple[Client, Client, Client]:
    admin, sos, ulixai = await world.two_tenants()
    new = {"address": IP, "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    await world.happens(SOS, IP, samples.stage(2, ip=IpAddr(IP)))
    world.pmta.host(NODE).keys["/path/to/dkim.pem"] = b"public"
    return admin, sos, ulixai


async def put(client: Client, *vmtas: Any) -> None:
    said = await client.ask("PUT", f"{PMTA}/config", {"virtual_mtas": list(vmtas)})
    assert said.status == 202, said.body


def file(world: ApiWorld) -> Rollout:
    return world.pump.views.get(ROLLOUTS, f"{NODE}/{SOS}")


async def deployed(world: ApiWorld, answer: Any = "ran") -> None:
    view = file(world)
    plan = PlanRollout(node=NODE, tenant=SOS, vmtas=view.wanted, overlay=view.overlay)
    await world.order(plan, SOS)
    await world.order(ReportRollout(node=NODE, tenant=SOS, answer=answer), SOS)


async def test_versions_count_from_the_files_own_first_and_say_who_changed_what(
    world: ApiWorld,
) -> None:
    _, sos, _ = await ready(world)
    await deployed(world)
    await put(sos, FIRST)
    await deployed(world)
    await world.happens(SOS, IP, samples.stage(3, ip=IpAddr(IP)))
    await deployed(world, "refused")
    await deployed(world)
    (third, second, first) = (await sos.get(f"{PMTA}/versions")).body["items"]
    assert (third["version"], third["actor"], third["overlay"]) == (3, "engine", 1)
    assert (first["version"], first["actor"], first["overlay"]) == (1, "engine", 0)
    assert (second["version"], second["overlay"]) == (2, 1)
    assert second["actor"].startswith("key:")
    assert {
        "where": "virtual-mta sos-expat--1-2-3-4",
        "what": "max-smtp-msg-rate 200/d became 100/d",
    } in second["changes"]


async def test_versions_come_in_pages(world: ApiWorld) -> None:
    _, sos, _ = await ready(world)
    for quota in ("50/d", "60/d", "70/d"):
        await put(sos, FIRST | {"quota": quota})
        await deployed(world)
    page = (await sos.get(f"{PMTA}/versions?limit=2")).body
    assert [one["version"] for one in page["items"]] == [3, 2]
    rest = (await sos.get(f"{PMTA}/versions?limit=2&after={page['next']}")).body
    assert ([one["version"] for one in rest["items"]], rest["next"]) == ([1], None)


async def test_a_tenant_sees_and_rolls_back_only_its_own_file(world: ApiWorld) -> None:
    _, sos, ulixai = await ready(world)
    await put(sos, FIRST)
    await deployed(world)
    for ask in (
        ulixai.get(f"{PMTA}/versions?node={NODE}"),
        ulixai.post(f"{PMTA}/rollback", {"version": 1, "node": NODE}),
    ):
        assert (await ask).problem == (422, "invalid", "$.node")
    foreign = await ulixai.get(f"{PMTA}/versions?tenant={SOS}")
    assert foreign.problem[:2] == (403, "forbidden")
    assert (await ulixai.get(f"{PMTA}/nodes")).body["items"] == []


async def test_a_rollback_brings_back_names_host_names_and_keys(world: ApiWorld) -> None:
    _, sos, _ = await ready(world)
    await put(sos, KEYED)
    await deployed(world)
    await put(sos, FIRST | {"hostname": "mail9.sos-mail.com"})
    await deployed(world)
    said = await sos.post(f"{PMTA}/rollback", {"version": 1, "reason": "a typing error"})
    assert said.status == 202, said.body
    (shown,) = said.body["virtual_mtas"]
    assert (shown["hostname"], shown["dkim_key"]) == ("mail1.sos-mail.com", "/path/to/dkim.pem")
    assert file(world).state == "wanted"
    await deployed(world)
    items = (await sos.get(f"{PMTA}/versions")).body["items"]
    assert [one["version"] for one in items] == [3, 2, 1]


async def test_a_rollback_raises_no_cap_opens_no_intake_and_ends_no_stop(world: ApiWorld) -> None:
    _, sos, _ = await ready(world)
    await put(sos, FIRST)
    await deployed(world)
    await put(sos, FIRST | {"quota": "10/day", "hostname": "mail9.sos-mail.com"})
    await sos.post(f"{PMTA}/rollback", {"version": 1})
    wanted = file(world).wanted[IpAddr(IP)]
    assert (wanted.hostname, wanted.levers) == ("mail1.sos-mail.com", Levers("open", PerDay(10)))
    await sos.ask("PUT", f"{PMTA}/config", {"virtual_mtas": []})
    await sos.post(f"{PMTA}/rollback", {"version": 1})
    wanted = file(world).wanted[IpAddr(IP)]
    assert (wanted.hostname, wanted.levers.intake) == ("mail1.sos-mail.com", "closed")
    await world.happens(SOS, IP, samples.stopped(ip=IpAddr(IP)))
    await sos.post(f"{PMTA}/rollback", {"version": 1})
    assert file(world).wanted[IpAddr(IP)].levers == STOPPED


async def test_back_to_a_key_that_is_gone_is_refused(world: ApiWorld) -> None:
    _, sos, _ = await ready(world)
    await put(sos, KEYED)
    await deployed(world)
    await put(sos, FIRST)
    world.pmta.host(NODE).keys.clear()
    said = await sos.post(f"{PMTA}/rollback", {"version": 1})
    assert said.status == 422, said.body
    assert "no private key" in said.body["detail"]


async def test_a_version_that_never_was_is_named(world: ApiWorld) -> None:
    _, sos, _ = await ready(world)
    await deployed(world)
    said = await sos.post(f"{PMTA}/rollback", {"version": 2})
    assert said.problem == (422, "invalid", "$.version")
    assert "has 1 versions" in said.body["detail"]
    operator = await world.key(SOS, "read", "operate")
    assert (await operator.post(f"{PMTA}/rollback", {"version": 1})).status == 403


async def test_a_node_shows_the_platform_all_and_a_tenant_its_file(world: ApiWorld) -> None:
    admin, sos, _ = await ready(world)
    await deployed(world)
    (all_,) = (await admin.get(f"{PMTA}/nodes")).body["items"]
    assert (all_["name"], all_["host"]) == (NODE, "192.0.2.1")
    (own,) = (await sos.get(f"{PMTA}/nodes")).body["items"]
    assert (own["name"], own["host"], own["version"], own["paused"]) == (NODE, None, None, None)
    (stood,) = own["files"]
    assert (stood["tenant"], stood["state"], stood["version"]) == (SOS, "told", 1)


# --- files that somebody edited

CONFLICT = f"{PMTA}/nodes/{NODE}/conflict"
EDIT = (
    "<virtual-mta sos-expat--1-2-3-4>\n"
    "  smtp-source-host 1.2.3.4 mail1.acme.example\n"
    "  max-smtp-msg-rate 200/d\n"
    "  invented-word 5\n"
    "</virtual-mta>\n"
)


async def edited(world: ApiWorld) -> Client:
    """A rollout found that somebody wrote into the file."""
    admin, _, _ = await ready(world)
    await deployed(world)
    world.pmta.host(NODE).files[SOS] = EDIT
    await world.happens(SOS, IP, samples.stage(3, ip=IpAddr(IP)))
    await deployed(world, "conflict")
    assert file(world).state == "conflict"
    return admin


async def test_an_edit_is_shown_as_what_differs_while_the_conflict_stands(world: ApiWorld) -> None:
    admin = await edited(world)
    shown = (await admin.get(f"{CONFLICT}?tenant={SOS}")).body
    assert shown["understood"] == ["virtual-mta sos-expat--1-2-3-4"]
    where = "virtual-mta sos-expat--1-2-3-4"
    assert {"where": where, "what": "invented-word 5 added"} in shown["edits"]
    assert {"where": where, "what": "max-smtp-msg-rate 200/d became 500/d"} in shown["next"]
    assert [one["rule"] for one in shown["findings"]] == ["E2"]


async def test_overwrite_lets_the_next_rollout_go_in_place_of_what_was_seen(
    world: ApiWorld,
) -> None:
    from engine.rules.pmta_config.tenant_file import digest

    admin = await edited(world)
    body = {"tenant": SOS, "end": "overwrite", "reason": "edited by mistake"}
    said = await admin.post(CONFLICT, body)
    assert said.status == 202, said.body
    view = file(world)
    assert (view.state, view.digest, view.due) == ("wanted", digest(EDIT), True)
    await deployed(world)
    assert (file(world).state, file(world).overwrite) == ("told", False)
    assert "rollout.conflict_ended" in world.tags()


async def test_adopt_lets_the_edit_stay_until_something_else_is_wanted(world: ApiWorld) -> None:
    admin = await edited(world)
    said = await admin.post(CONFLICT, {"tenant": SOS, "end": "adopt", "reason": "a trial"})
    assert said.status == 200, said.body
    assert (file(world).state, file(world).due) == ("told", False)
    assert file(world).told != file(world).wanted, "what the node was told is not made up"
    await world.happens(SOS, IP, samples.stopped(ip=IpAddr(IP)))
    assert file(world).due


async def test_a_conflict_is_ended_by_the_platform_alone_and_only_where_there_is_one(
    world: ApiWorld,
) -> None:
    admin = await edited(world)
    deployer = await world.key(SOS, "read", "operate", "deploy")
    body = {"tenant": SOS, "end": "adopt", "reason": "a trial"}
    assert (await deployer.post(CONFLICT, body)).status == 403
    assert (await admin.post(CONFLICT, body | {"end": "ignore"})).status == 422
    assert (await admin.post(CONFLICT, body | {"tenant": ULIXAI})).status == 404
    await admin.post(CONFLICT, body)
    again = await admin.post(CONFLICT, body)
    assert again.problem[:2] == (409, "refused")


async def test_a_node_that_does_not_show_the_file_ends_no_conflict(world: ApiWorld) -> None:
    admin = await edited(world)
    world.pmta.deaf = 1
    said = await admin.post(CONFLICT, {"tenant": SOS, "end": "overwrite", "reason": "x"})
    assert said.problem[:2] == (503, "node-silent")
    assert file(world).state == "conflict"


async def test_a_cursor_of_another_list_and_a_moment_are_refused(world: ApiWorld) -> None:
    _, sos, _ = await ready(world)
    await deployed(world)
    assert (await sos.get(f"{PMTA}/versions?after=YWJj")).problem == (422, "invalid", "$.after")
    assert (await sos.get(f"{PMTA}/versions?as_of=2h")).problem[:2] == (422, "unknown-field")


async def test_the_versions_of_the_nodes_own_file_are_the_platforms_affair(world: ApiWorld) -> None:
    admin, sos, _ = await ready(world)
    for n, own in enumerate((OWN, NodeOwn()), 1):
        await world.order(PlanRollout(node=NODE, tenant=NOBODY, vmtas={}, own=own), None)
        await world.order(ReportRollout(node=NODE, tenant=NOBODY, answer="ran"), None)
        await world.order(NoteCommit(node=NODE, tenant=NOBODY, version=n, commit=f"{n}"), None)
    said = await admin.get(f"{PMTA}/versions?own=true&node={NODE}")
    second, first = said.body["items"]
    assert (first["version"], first["tenant"], first["commit"]) == (1, None, "1")
    assert (first["actor"], second["version"]) == ("engine", 2)
    assert first["changes"][0] == {"where": "acct-file /ee.csv", "what": "added"}
    assert second["changes"] == [{"where": "acct-file /ee.csv", "what": "removed"}]
    assert (await sos.get(f"{PMTA}/versions?own=true&node={NODE}")).status == 403
    for query, why in (
        ("", f"say on which node; there are {NODE}"),
        (f"&node={NODE}&tenant={SOS}", "no tenant's"),
        ("&node=gone", f"there is no node 'gone'; there are {NODE}"),
    ):
        refused = await admin.get(f"{PMTA}/versions?own=true{query}")
        assert refused.status == 422
        assert why in refused.body["detail"]
