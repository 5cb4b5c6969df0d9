"""What clients may rely on: an existing configuration is read, and becomes the fleet's if asked."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.ids import IpAddr
from engine.projections.tenants import TENANTS
from tests.support.api_world import SOS, ApiWorld, Client, api_world
from tests.support.spec import NODE

PATH = "/api/v2/powermta/import"
MINIMAL = (Path(__file__).parent.parent / "data/pmta/minimal.config").read_text()
SECRET = "Tr0ub4dor"
TEXT = f"""\
<smtp-user joe>
  password {SECRET}
</smtp-user>
<virtual-mta Mail_1>
  smtp-source-host 1.2.3.4 mail1.sos-mail.com
  max-smtp-msg-rate 50/d
  domain-key s1,sos-mail.com,/path/to/dkim.pem
</virtual-mta>
<virtual-mta mail-2>
  smtp-source-host 1.2.3.5 mail2.sos-mail.com
</virtual-mta>
<virtual-mta-pool marketing>
  virtual-mta Mail_1
</virtual-mta-pool>
"""


@pytest.fixture
async def world() -> AsyncIterator[ApiWorld]:
    async with api_world() as made:
        made.pmta.host(NODE).keys["/path/to/dkim.pem"] = b"public"
        yield made


async def ready(world: ApiWorld) -> tuple[Client, Client]:
    """One of the two addresses is registered."""
    admin, sos, _ = await world.two_tenants()
    new = {"address": "1.2.3.4", "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    return admin, sos


def chosen(world: ApiWorld) -> Any:
    return world.pump.views.get(TENANTS, SOS).overlay.virtual_mtas


async def test_a_text_is_understood_and_changes_nothing(world: ApiWorld) -> None:
    _, sos = await ready(world)
    before = world.length
    said = await sos.post(PATH, {"text": TEXT})
    assert said.status == 200, said.body
    assert world.length == before
    assert not said.body["applied"]
    first, second = said.body["proposals"]
    assert (first["vmta"], first["command"]) == ("Mail_1", "PUT /api/v2/powermta/config")
    assert first["body"]["virtual_mtas"] == [
        {
            "name": "mail-1",
            "ip": "1.2.3.4",
            "hostname": "mail1.sos-mail.com",
            "quota": "50/day",
            "dkim_key": "/path/to/dkim.pem",
            "dkim_selector": "s1",
            "dkim_domain": "sos-mail.com",
        }
    ]
    assert (second["vmta"], second["command"]) == ("mail-2", "POST /api/v2/ips")
    assert second["body"]["address"] == "1.2.3.5"
    (user,) = said.body["smtp_users"]
    assert (user["where"], user["password"]) == ("config:1", "{secret:smtp-user-joe-password}")


async def test_no_answer_holds_a_secret(world: ApiWorld) -> None:
    _, sos = await ready(world)
    odd = f"passw0rd {SECRET}\n<smtp-user\npassword {SECRET}\nhttp-api-key {SECRET}\n# {SECRET}\n"
    wrong = f"<virtual-mta x>\n  http-api-key {SECRET}\n"
    for text in (TEXT, TEXT + odd.replace("passw0rd", "smtp-password"), wrong):
        said = await sos.post(PATH, {"text": text})
        assert said.status == 200
        assert SECRET not in str(said.body)


async def test_findings_name_file_and_line_and_files_include_each_other(world: ApiWorld) -> None:
    _, sos = await ready(world)
    files = {
        "/etc/pmta/config": "log-file /var/log/pmta/log\ninclude vmtas/*.conf\ninclude gone\n",
        "/etc/pmta/vmtas/a.conf": "<virtual-mta a>\n  weight 3\n</virtual-mta>\n",
    }
    said = await sos.post(PATH, {"files": files})
    told = {(one["rule"], one["where"]) for one in said.body["findings"]}
    assert ("E2", "/etc/pmta/vmtas/a.conf:2") in told
    assert ("E19", "/etc/pmta/config:3") in told
    assert [one["name"] for one in said.body["virtual_mtas"]] == ["a"]


async def test_the_real_file_is_read_without_an_unknown_directive(world: ApiWorld) -> None:
    _, sos = await ready(world)
    said = await sos.post(PATH, {"text": MINIMAL})
    assert [one for one in said.body["findings"] if one["rule"] == "E2"] == []
    assert [one["name"] for one in said.body["virtual_mtas"]] == ["t1-ip1", "t1-ip2"]


async def test_what_is_applied_is_chosen_and_what_else_was_chosen_stays(world: ApiWorld) -> None:
    _, sos = await ready(world)
    new = {"address": "1.2.3.9", "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    other = {"name": "kept", "ip": "1.2.3.9"}
    await sos.ask("PUT", "/api/v2/powermta/config", {"virtual_mtas": [other]})
    said = await sos.post(PATH, {"text": TEXT, "apply": True})
    assert (said.status, said.body["applied"]) == (202, True), said.body
    assert said.headers["Location"] == said.body["rollouts"]
    assert {ip: one.name for ip, one in chosen(world).items()} == {
        "1.2.3.4": "mail-1",
        "1.2.3.9": "kept",
    }
    assert chosen(world)[IpAddr("1.2.3.4")].key.path == "/path/to/dkim.pem"


async def test_all_of_it_is_applied_or_none(world: ApiWorld) -> None:
    _, sos = await ready(world)
    new = {"address": "1.2.3.5", "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    text = TEXT.replace("/path/to/dkim.pem", "/path/to/another.pem")
    before = world.length
    said = await sos.post(PATH, {"text": text, "apply": True})
    assert said.problem[:2] == (422, "invalid")
    assert (chosen(world), world.length) == ({}, before)


async def test_a_name_that_another_address_has_is_not_taken(world: ApiWorld) -> None:
    _, sos = await ready(world)
    new = {"address": "1.2.3.9", "purpose": "marketing", "warmup": "manual"}
    assert (await sos.post("/api/v2/ips", new)).status == 201
    other = {"name": "mail-1", "ip": "1.2.3.9"}
    await sos.ask("PUT", "/api/v2/powermta/config", {"virtual_mtas": [other]})
    said = await sos.post(PATH, {"text": TEXT, "apply": True})
    assert said.problem == (422, "invalid", "$.apply")
    assert list(chosen(world)) == ["1.2.3.9"]


async def test_where_no_address_is_registered_nothing_is_applied_and_the_way_is_said(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.post(PATH, {"text": TEXT, "apply": True})
    assert said.problem == (422, "invalid", "$.apply")
    assert "register them first" in said.body["detail"]


async def test_a_live_node_is_read_by_the_platform_alone(world: ApiWorld) -> None:
    admin, sos = await ready(world)
    world.pmta.host(NODE).config = TEXT
    said = await admin.post(PATH, {"node": NODE, "tenant": SOS})
    assert [one["name"] for one in said.body["virtual_mtas"]] == ["Mail_1", "mail-2"]
    assert said.body["virtual_mtas"][0]["where"] == "/etc/pmta/config:4"
    assert SECRET not in str(said.body)
    assert (await sos.post(PATH, {"node": NODE})).problem[:2] == (403, "forbidden")


async def test_a_silent_node_is_said_to_be_silent(world: ApiWorld) -> None:
    admin, _ = await ready(world)
    world.pmta.deaf = 1
    said = await admin.post(PATH, {"node": NODE, "tenant": SOS})
    assert said.problem[:2] == (503, "node-silent")


@pytest.mark.parametrize(
    "body", [{}, {"text": "", "node": NODE}, {"files": {}}, {"files": {"a": ""}, "main": "b"}]
)
async def test_what_is_to_be_read_is_said_once(world: ApiWorld, body: dict[str, Any]) -> None:
    _, sos = await ready(world)
    assert (await sos.post(PATH, body)).problem[:2] == (422, "invalid")
