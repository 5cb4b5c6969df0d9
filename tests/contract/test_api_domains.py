"""Sending domains through the API: registered, shown, changed, looked at on demand, removed."""

from typing import Any

import pytest

from tests.support.api_world import SOS, ULIXAI, ApiWorld
from tests.support.domain_api import BROKEN, ONE, PATH, SAID, saw
from tests.support.domain_looks import looked, validation
from tests.support.published import DOMAIN, SPF
from tests.support.spec import day

# --- registered


async def test_the_domain_alone_is_enough(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    made = await sos.post(PATH, {"domain": "Acme.Example."})
    assert (made.status, made.headers["Location"]) == (201, ONE)
    shown = made.body
    assert shown["domain"] == DOMAIN
    assert shown["tenant"] == SOS
    assert (shown["selectors"], shown["dkim_keys"], shown["purposes"]) == (["default"], {}, [])
    assert (shown["status"], shown["checked_at"], shown["next_check"]) == ("unknown", None, None)
    assert (shown["report"], shown["history"]) == (None, [])


async def test_what_is_said_is_shown_as_it_was_said(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    made = await sos.post(PATH, SAID)
    assert {name: made.body[name] for name in SAID} == SAID
    assert (await sos.get(ONE)).body == made.body


async def test_bounces_to_the_domain_itself_are_the_default(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    assert (await sos.post(PATH, SAID | {"mail_from": DOMAIN})).body["mail_from"] == ""


@pytest.mark.parametrize(
    ("said", "field", "hint"),
    [
        ({"domain": "acme"}, "$.domain", "a domain has a dot"),
        ({"domain": "203.0.113.7"}, "$.domain", "IP address"),
        ({"domain": "co.uk"}, "$.domain", "public suffix"),
        ({"selectors": ["a b"]}, "$.selectors[0]", "not a selector"),
        ({"selectors": []}, "$.selectors", "length"),
        ({"selectors": ["new"]}, "$.dkim_keys.default", "there are new"),
        ({"dkim_keys": {"default": "keys/a.pem"}}, "$.dkim_keys.default", "absolute"),
        ({"dkim_keys": {"default": "/etc/../shadow"}}, "$.dkim_keys.default", "absolute"),
        ({"mail_from": "bounces"}, "$.mail_from", "a dot"),
        ({"helo": "mail_1.acme.example"}, "$.helo", "host name"),
        ({"purposes": ["Big Mail"]}, "$.purposes[0]", "slug"),
        ({"selector": "a"}, "$.selector", "did you mean `selectors`?"),
    ],
)
async def test_a_wrong_field_is_named_with_what_was_meant(
    world: ApiWorld, said: dict[str, Any], field: str, hint: str
) -> None:
    _, sos, _ = await world.two_tenants()
    length = world.length
    answer = await sos.post(PATH, SAID | said)
    assert (answer.status, answer.body["field"]) == (422, field)
    assert hint in answer.body["detail"]
    assert world.length == length


async def test_a_platforms_key_says_for_whom(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    assert (await admin.post(PATH, SAID)).problem == (422, "invalid", "$.tenant")
    assert (await admin.post(PATH, SAID | {"tenant": SOS})).status == 201
    assert (await sos.get(ONE)).status == 200
    assert (await admin.get(ONE)).body["tenant"] == SOS


# --- tenants apart


async def test_a_taken_domain_says_so_to_others_and_more_to_its_owner_alone(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(PATH, SAID)
    theirs, ours = await ulixai.post(PATH, SAID), await sos.post(PATH, SAID)
    assert theirs.problem == ours.problem == (409, "taken", "$.domain")
    assert theirs.body["detail"] == "this domain is taken"
    assert f"registered for {SOS} already" in ours.body["detail"]


async def test_another_tenants_domain_is_the_same_as_none(world: ApiWorld) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(PATH, SAID)
    await saw(world, looked())
    asked = [
        ("GET", ONE, None),
        ("PATCH", ONE, {"helo": ""}),
        ("DELETE", ONE, None),
        ("POST", f"{ONE}/check", {}),
    ]
    for method, path, body in asked:
        said = await ulixai.ask(method, path, body)
        other = await ulixai.ask(method, path.replace(DOMAIN, "no.example"), body)
        assert said.problem == other.problem == (404, "not-found", None)
        assert said.body["detail"].replace(DOMAIN, "no.example") == other.body["detail"]
    assert (await ulixai.get(PATH)).body["items"] == []
    assert (await sos.get(ONE)).status == 200


async def test_after_removal_another_tenant_registers_it_and_sees_nothing_of_before(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(PATH, SAID)
    await saw(world, looked())
    gone = await sos.ask("DELETE", ONE)
    assert (gone.status, gone.body) == (200, {"domain": DOMAIN, "registered": False})
    assert (await sos.get(ONE)).status == 404
    made = await ulixai.post(PATH, {"domain": DOMAIN})
    assert made.status == 201
    assert (made.body["tenant"], made.body["report"], made.body["definite"]) == (ULIXAI, None, {})
    assert (await sos.post(PATH, SAID)).problem[:2] == (409, "taken")


async def test_a_key_that_only_reads_changes_nothing(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    reader = await world.key(SOS, "read")
    assert (await reader.get(ONE)).status == 200
    for method, path in (("POST", PATH), ("PATCH", ONE), ("DELETE", ONE), ("POST", f"{ONE}/check")):
        assert (await reader.ask(method, path)).problem[:2] == (403, "forbidden")


# --- changed


async def test_a_change_changes_what_is_given_and_nothing_else(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    changed = await sos.ask("PATCH", ONE, {"helo": "", "selectors": ["2026"]})
    assert changed.status == 200
    expected = SAID | {"helo": "", "selectors": ["2026"], "dkim_keys": {}}
    assert {name: changed.body[name] for name in SAID} == expected


async def test_a_key_of_no_selector_is_refused_in_a_change_too(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    said = await sos.ask("PATCH", ONE, {"dkim_keys": {"other": "/etc/a.pem"}})
    assert said.problem == (422, "invalid", "$.dkim_keys.other")


# --- shown


async def test_the_last_report_is_shown_whole_with_what_is_certain(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    await saw(world, looked(validation(spf=BROKEN)))
    shown = (await sos.get(ONE)).body
    report = shown["report"]
    assert (report["spf"]["valid"], report["spf"]["record"]) == (False, BROKEN)
    assert report["dkim"]["selector"] == "default"
    assert report["resolver"] == "literals"
    assert report["queries"] > 10
    assert shown["status"] == "error"
    spf = shown["definite"]["spf"]
    assert (spf["valid"], spf["looks"], spf["confirmed"]) == (False, 1, False)
    assert spf["errors"] == ["spf.ip_not_authorised"]
    assert shown["checked_at"].startswith("2026-01-05T09:00:00")
    assert shown["next_check"].startswith("2026-01-05T09:10:00"), "a failure is looked at again"


async def test_silence_shows_what_was_certain_before(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    await saw(world, looked())
    await saw(world, looked(validation(silent=("example", "arpa")), silent_since=day(2)), 2)
    shown = (await sos.get(ONE)).body
    assert shown["report"]["spf"]["valid"] is None
    assert shown["definite"]["spf"]["valid"]
    assert shown["definite"]["spf"]["checked_at"].startswith("2026-01-05")
    assert shown["silent_since"].startswith("2026-01-06")
    assert shown["status"] == "ok"


async def test_history_tells_the_differences_the_newest_first(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    await saw(world, looked())
    await saw(world, looked(), 2)
    await saw(world, looked(validation(spf=BROKEN)), 3)
    newest, first = (await sos.get(ONE)).body["history"]
    assert newest["at"].startswith("2026-01-07")
    assert newest["differences"] == [
        {
            "part": "spf",
            "was": {"valid": True, "records": [SPF]},
            "now": {"valid": False, "records": [BROKEN]},
        }
    ]
    assert [one["part"] for one in first["differences"]] == ["spf", "dkim", "dmarc", "ptr", "mx"]
    assert all(one["was"] is None for one in first["differences"])


async def test_a_domain_is_shown_as_it_stood(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(PATH, SAID)
    await saw(world, looked())
    await saw(world, looked(validation(spf=BROKEN)), 3)
    world.clock.at = day(4)
    then = await sos.get(f"{ONE}?as_of={day(2).isoformat().replace('+00:00', 'Z')}")
    assert then.body["report"]["spf"]["valid"]
    assert not (await sos.get(ONE)).body["report"]["spf"]["valid"]


async def test_the_list_is_filtered_by_status_and_holds_no_removed_one(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    for name in (DOMAIN, "second.example", "third.example"):
        await sos.post(PATH, {"domain": name})
    await saw(world, looked(validation(spf=BROKEN)))
    await sos.ask("DELETE", f"{PATH}/third.example")

    async def listed(query: str = "") -> list[str]:
        return [one["domain"] for one in (await sos.get(PATH + query)).body["items"]]

    assert await listed() == [DOMAIN, "second.example"]
    assert await listed("?status=error") == [DOMAIN]
    assert await listed("?status=unknown") == ["second.example"]
    assert (await sos.get(f"{PATH}?status=bad")).problem == (422, "invalid", "$.status")
