"""What clients may rely on: PowerMTA's configuration, chosen as data."""

from typing import Any

import pytest

from engine.events.tenant import OverlaySet
from engine.ids import IpAddr
from engine.projections.rollouts import ROLLOUTS
from engine.projections.servers import SERVERS
from engine.values.levers import Levers, Paused, PerDay
from engine.values.overlay import Chosen, Key, Quota
from engine.values.server import ServerWish
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld
from tests.support.choosing import CONFIG, FIRST, IP, OTHER, SECOND, put, ready
from tests.support.spec import NODE

# DESIGN §11, word for word
BODY = (
    b'{"virtual_mtas": [{"name": "pmta-vmta0", "ip": "1.2.3.4", "hostname": "mail1.sos-mail.com",'
    b' "quota": "50/day", "dkim_key": "/path/to/dkim.pem"}]}'
)


def wanted(world: ApiWorld) -> dict[IpAddr, Any]:
    return world.pump.views.get(ROLLOUTS, f"{NODE}/{SOS}").wanted


async def test_the_users_own_example_works_word_for_word(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    said = await sos.ask("PUT", CONFIG, data=BODY)
    assert said.status == 202, said.body
    assert said.headers["Location"] == said.body["rollouts"]
    assert said.body["virtual_mtas"] == [
        {
            "name": "pmta-vmta0",
            "rendered": "sos-expat--pmta-vmta0",
            "vmta": "sos-expat--1-2-3-4",
            "ip": "1.2.3.4",
            "node": NODE,
            "hostname": "mail1.sos-mail.com",
            "quota": "50/day",
            "output": "paused",
            "cap": None,
            "intake": "closed",
            "dkim_key": "/path/to/dkim.pem",
            "dkim_selector": "default",
            "dkim_domain": "sos-expat-mail.com",
            "limits": {},
            "cold": None,
            "patterns": {},
            "smtp_user": {
                "login": "sos-expat--1-2-3-4",
                "rendered": False,
                "secret": "",
                "why": "no password was looked for yet; without a secrets_dir none ever is",
            },
        }
    ]
    (followed,) = (await sos.get(said.headers["Location"])).body["items"]
    assert (followed["node"], followed["state"]) == (NODE, "wanted")
    event = next(one.event for one in await world.events() if isinstance(one.event, OverlaySet))
    key = Key("default", "sos-expat-mail.com", "/path/to/dkim.pem")
    chosen = Chosen("pmta-vmta0", "mail1.sos-mail.com", Quota(50, "day"), key)
    assert event.virtual_mtas == {IpAddr(IP): chosen}


async def test_its_file_holds_the_address_the_host_name_the_key_and_the_given_name(
    world: ApiWorld,
) -> None:
    sos, _ = await ready(world)
    await world.happens(SOS, IP, samples.stage(2, ip=IpAddr(IP)))
    (file,) = (await sos.ask("PUT", CONFIG, data=BODY)).body["files"]
    assert file["text"] == (
        "<virtual-mta sos-expat--1-2-3-4>\n"
        "  smtp-source-host 1.2.3.4 mail1.sos-mail.com\n"
        "  max-smtp-msg-rate 50/d\n"
        "  domain-key default,sos-expat-mail.com,/path/to/dkim.pem\n"
        "</virtual-mta>\n"
        "<virtual-mta-pool sos-expat--marketing>\n"
        "  virtual-mta sos-expat--1-2-3-4\n"
        "</virtual-mta-pool>\n"
        "<virtual-mta-pool sos-expat--pmta-vmta0>\n"
        "  virtual-mta sos-expat--1-2-3-4\n"
        "</virtual-mta-pool>\n"
    )


@pytest.mark.parametrize(
    ("quota", "holds"),
    [("50/day", 50), ("2/h", 48), ("1000/d", 200), ("unlimited", 200), ("100 / hour", 200)],
)
async def test_the_lower_of_the_engines_cap_and_the_given_quota_holds(
    world: ApiWorld, quota: str, holds: int
) -> None:
    sos, _ = await ready(world)
    await world.happens(SOS, IP, samples.stage(2, ip=IpAddr(IP)))
    said = await put(sos, FIRST | {"quota": quota})
    assert said.body["virtual_mtas"][0]["cap"] == holds
    assert wanted(world)[IpAddr(IP)].levers == Levers("open", PerDay(holds))
    server = world.pump.views.get(SERVERS, f"{SOS}/{IP}")
    assert server.wish == ServerWish(on=True, daily=holds)


async def test_a_quota_opens_and_resumes_nothing(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    await world.happens(SOS, IP, samples.stage(2, ip=IpAddr(IP)), samples.stopped(ip=IpAddr(IP)))
    await put(sos, FIRST | {"quota": "5000/day"})
    assert wanted(world)[IpAddr(IP)].levers == Levers("closed", Paused())


async def test_a_virtual_mta_that_is_left_out_drains_and_stays_defined(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    for ip in (IP, SECOND):
        await world.happens(SOS, ip, samples.stage(2, ip=IpAddr(ip)))
    await put(sos, FIRST, OTHER)
    said = await put(sos, OTHER)
    assert (said.status, said.body["drained"]) == (202, [IP])
    assert wanted(world)[IpAddr(IP)].levers == Levers("closed", PerDay(200))
    assert wanted(world)[IpAddr(IP)].hostname
    assert "<virtual-mta sos-expat--1-2-3-4>" in said.body["files"][0]["text"]
    assert world.pump.views.get(SERVERS, f"{SOS}/{IP}").wish == ServerWish(on=False, daily=None)
    again = await put(sos, FIRST, OTHER)
    assert again.body["drained"] == []
    assert wanted(world)[IpAddr(IP)].levers == Levers("open", PerDay(200))


async def test_an_address_that_nobody_ever_named_follows_the_engine_alone(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    await world.happens(SOS, SECOND, samples.stage(2, ip=IpAddr(SECOND)))
    await put(sos, FIRST)
    assert wanted(world)[IpAddr(SECOND)].levers == Levers("open", PerDay(200))


async def test_what_is_so_already_is_no_new_rollout(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    await put(sos, FIRST)
    said = await put(sos, FIRST)
    assert (said.status, said.body["unchanged"], said.body["version"]) == (200, True, 1)
    assert world.tags().count("tenant.overlay_set") == 1


async def test_a_dry_run_shows_what_would_change_and_changes_nothing(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    before = world.length
    said = await put(sos, FIRST | {"quota": "2/h"}, query="?dry_run=true")
    assert (said.status, said.body["dry_run"], said.body["version"]) == (200, True, 1)
    changes = said.body["files"][0]["changes"]
    assert {"where": "virtual-mta sos-expat--1-2-3-4", "what": "added"} in changes
    assert world.length == before
    assert wanted(world)[IpAddr(IP)].chosen is None


@pytest.mark.parametrize(
    ("vmta", "field", "hint"),
    [
        (FIRST | {"ip": "1.2.3.9"}, "ip", "register it first"),
        (FIRST | {"ip": "hello"}, "ip", "is not an address"),
        (FIRST | {"quota": "0/day"}, "quota", "stops nothing"),
        (FIRST | {"quota": "50"}, "quota", "write 50/day, 2/h or unlimited"),
        (FIRST | {"quota": "50/day\ninclude /etc/shadow"}, "quota", "no quota"),
        (FIRST | {"quota": "٣/day"}, "quota", "no quota"),
        (FIRST | {"name": "a b"}, "name", "slug"),
        (FIRST | {"name": "a\n"}, "name", "slug"),
        (FIRST | {"name": "1-2-3-5"}, "name", "begins with a letter"),
        (FIRST | {"name": "a--b"}, "name", "slug"),
        (FIRST | {"name": "marketing"}, "name", "choose another"),
        (FIRST | {"hostname": "a>\n<domain *>"}, "hostname", "host name"),
        (FIRST | {"hostname": "1.2.3.4"}, "hostname", "as an address does"),
        (FIRST | {"dkim_key": "/etc/shadow"}, "dkim_key", "key_dirs in [nodes.pmta-1]"),
        (FIRST | {"dkim_key": "/path/to/../x.pem"}, "dkim_key", "not the path of a key"),
        (FIRST | {"dkim_key": "/path/to"}, "dkim_key", "key_dirs"),
        (FIRST | {"dkim_key": "/path/to/none.pem"}, "dkim_key", "no private key"),
        (FIRST | {"dkim_key": "/path/to/dkim.pem", "dkim_selector": "a b"}, "dkim_selector", "sel"),
        (FIRST | {"dkim_key": "/path/to/dkim.pem", "dkim_domain": "*"}, "dkim_domain", ""),
    ],
)
async def test_a_wrong_value_is_refused_by_field_and_changes_nothing(
    world: ApiWorld, vmta: Any, field: str, hint: str
) -> None:
    sos, _ = await ready(world)
    before = world.length
    said = await put(sos, OTHER, vmta)
    at = f"$.virtual_mtas[1].{field}" if field else None
    assert said.problem == (422, "invalid", at), said.body
    assert hint in said.body["detail"]
    assert world.length == before


async def test_one_address_and_one_name_stand_once(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    twice = await put(sos, FIRST, OTHER | {"ip": IP})
    assert twice.problem == (422, "invalid", "$.virtual_mtas[1].ip")
    same = await put(sos, FIRST, OTHER | {"name": "pmta-vmta0"})
    assert same.problem == (422, "invalid", "$.virtual_mtas[1].name")


async def test_a_name_is_never_used_for_another_address(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    await put(sos, FIRST)
    await put(sos, OTHER)
    said = await put(sos, OTHER | {"name": "pmta-vmta0"})
    assert said.problem[:2] == (409, "refused")
    assert "never used again" in said.body["detail"]


async def test_a_key_needs_the_deploy_scope(world: ApiWorld) -> None:
    await ready(world)
    operator = await world.key(SOS, "read", "operate")
    said = await operator.ask("PUT", CONFIG, data=BODY)
    assert said.problem[:2] == (403, "forbidden")
    assert "deploy" in said.body["detail"]
    assert (await put(operator, FIRST)).status == 202


async def test_a_key_that_a_silent_node_may_have_is_not_believed(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    world.pmta.deaf = 1
    said = await sos.ask("PUT", CONFIG, data=BODY)
    assert said.problem[:2] == (503, "node-silent")
    assert "tenant.overlay_set" not in world.tags()


async def test_another_tenants_address_and_key_are_as_if_they_were_not_there(
    world: ApiWorld,
) -> None:
    sos, ulixai = await ready(world)
    await sos.ask("PUT", CONFIG, data=BODY)
    assert (await put(ulixai, FIRST)).problem == (422, "invalid", "$.virtual_mtas[0].ip")
    await ulixai.post("/api/v2/ips", {"address": "1.2.3.6", "purpose": "news"})
    own = {"name": "one", "ip": "1.2.3.6", "hostname": "m.ulixai-mail.com"}
    theirs = await put(ulixai, own | {"dkim_key": "/path/to/dkim.pem"})
    none = await put(ulixai, own | {"dkim_key": "/path/to/none.pem"})
    assert theirs.problem == none.problem == (422, "invalid", "$.virtual_mtas[0].dkim_key")
    swapped = theirs.body["detail"].replace("dkim.pem", "none.pem")
    assert swapped == none.body["detail"]
    assert (await ulixai.get(CONFIG)).body["items"][0]["tenant"] == "ulixai"
    assert len((await ulixai.get(CONFIG)).body["items"]) == 1


async def test_a_host_name_that_the_address_does_not_point_to_is_remarked(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    names = ("other.sos-mail.com",)
    pointed = samples.pointed(*names)
    await world.happens(SOS, IP, type(pointed)(ip=IpAddr(IP), names=names, confirmed=names))
    (remark,) = (await put(sos, FIRST)).body["findings"]
    assert (remark["severity"], remark["where"]) == ("warning", "$.virtual_mtas[0].hostname")
    assert "other.sos-mail.com" in remark["message"]


async def test_an_address_that_a_given_host_name_defines_stands_still_there(
    world: ApiWorld,
) -> None:
    """It waits for its warm-up, and PowerMTA's file cannot pause."""
    from engine.projections.pauses import PAUSES

    sos, _ = await ready(world)
    assert world.pump.views.get(PAUSES, NODE).stops == {}
    await put(sos, FIRST)
    assert set(world.pump.views.get(PAUSES, NODE).stops) == {IP}
    await world.happens(SOS, IP, samples.stage(1, ip=IpAddr(IP)))
    assert world.pump.views.get(PAUSES, NODE).stops == {}
    assert set(world.pump.views.get(PAUSES, NODE).resumes) == {IP}


async def test_the_configuration_is_shown_as_it_is_and_as_it_was(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    await put(sos, FIRST)
    (now,) = (await sos.get(CONFIG)).body["items"]
    assert (now["state"], now["text"], now["overlay"]) == ("wanted", "", 1)
    assert {"where": "virtual-mta sos-expat--1-2-3-4", "what": "added"} in now["changes"]
    at = world.clock.at.isoformat().replace("+00:00", "Z")
    await put(sos, FIRST, OTHER)
    (then,) = (await sos.get(f"{CONFIG}?as_of={at}")).body["items"]
    assert then["overlay"] == 1


async def test_a_purpose_is_not_called_as_a_virtual_mta_is(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    await put(sos, FIRST)
    said = await sos.post("/api/v2/ips", {"address": "1.2.3.7", "purpose": "pmta-vmta0"})
    assert said.problem == (422, "invalid", "$.purpose")


async def test_nobody_signs_for_a_domain_that_is_registered_by_another(world: ApiWorld) -> None:
    sos, ulixai = await ready(world)
    assert (await ulixai.post("/api/v2/domains", {"domain": "ulixai-mail.com"})).status == 201
    keyed = FIRST | {"dkim_key": "/path/to/dkim.pem"}
    theirs = await put(sos, keyed | {"dkim_domain": "ulixai-mail.com"})
    assert theirs.problem == (422, "invalid", "$.virtual_mtas[0].dkim_domain")
    assert (await sos.post("/api/v2/domains", {"domain": "sos-mail.com"})).status == 201
    own = await put(sos, keyed | {"dkim_domain": "sos-mail.com", "dkim_selector": "2026"})
    assert own.body["virtual_mtas"][0]["dkim_domain"] == "sos-mail.com"


async def test_a_request_that_is_repeated_by_its_key_is_done_once(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    key = {"Idempotency-Key": "one"}
    body = {"virtual_mtas": [FIRST]}
    assert (await sos.ask("PUT", CONFIG, body, headers=key)).status == 202
    await put(sos, FIRST, OTHER)
    again = await sos.ask("PUT", CONFIG, body, headers=key)
    assert (again.status, again.body["version"], again.body["drained"]) == (200, 2, [])
    assert world.tags().count("tenant.overlay_set") == 2
    other = await sos.ask("PUT", CONFIG, {"virtual_mtas": []}, headers=key)
    assert other.problem[:2] == (422, "key-reused")
