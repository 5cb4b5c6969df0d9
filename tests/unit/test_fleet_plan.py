"""What lies between a fleet file and the fleet as it stands: the steps, and what cannot be had."""

from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from engine.ids import IpAddr
from engine.rules.fleet import diff
from engine.rules.fleet.declared import Finding, Fleet, Ip
from engine.rules.fleet.plan import KINDS, Change, Kept, Place, Plan, Stands, Step
from engine.rules.warmup import plans
from tests.support.fleets import ZONES, Table, files, fleet, stands

TENANT: Table = {
    "slug": "acme",
    "name": "Acme",
    "brand_domain": "acme.com",
    "sending_domain_base": "a-mail.com",
}
NODE: Table = {"name": "mta-1", "host": "192.0.2.9", "host_key": "ssh-ed25519 AAAA"}
DOMAIN: Table = {"domain": "a-mail.com", "tenant": "acme"}
IP: Table = {"address": "1.2.3.4", "tenant": "acme"}
WHOLE: Table = {"tenants": [TENANT], "nodes": [NODE], "domains": [DOMAIN], "ips": [IP]}
NOTHING = Stands(1, Fleet(), {}, ZONES)
ADDRESS = IpAddr("1.2.3.4")


def standing(table: Table = WHOLE, place: Place | None = None, **of_ip: Any) -> Stands:
    """``of_ip``: how the only address differs."""
    found = stands(fleet(table), {ADDRESS: place} if place else None)
    ips = tuple(replace(one, **of_ip) for one in found.fleet.ips)
    return found._replace(fleet=found.fleet._replace(ips=ips))


def changed(kind: str, **of: Any) -> Table:
    return {**WHOLE, kind: [{**WHOLE[kind][0], **of}]}


def plan(table: Table, present: Stands, *remove: str) -> Plan:
    return diff.plan(fleet(table), present, remove)


def only(found: Plan) -> Step:
    assert found.refused == ()
    (step,) = found.steps
    return step


def refused(found: Plan) -> tuple[tuple[str | int, ...], str]:
    assert found.steps == (), "what goes with it is planned all the same, but not this"
    (one,) = found.refused
    return one


# --- everything ----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(files())
def test_a_fleet_that_is_what_its_file_says_needs_nothing(table: Table) -> None:
    wanted = fleet(table)
    found = diff.plan(wanted, stands(wanted))
    assert (found.steps, found.kept, found.refused) == ((), (), ())
    assert diff.plan(Fleet(), stands(wanted)).steps == (), "and what is not named stays"


@settings(max_examples=60)
@given(files())
def test_an_engine_that_has_nothing_is_given_all_of_it_what_others_need_first(table: Table) -> None:
    found = diff.plan(fleet(table), NOTHING)
    assert found.refused == ()
    assert {one.does for one in found.steps} <= {"create"}
    kinds = [one.what for one in found.steps]
    order = ("node", "tenant", "chat", "domain", "ip")
    assert kinds == sorted(kinds, key=order.index)
    for what, kind in KINDS.items():
        assert kinds.count(what) == len(table[kind])


def test_what_the_file_does_not_name_is_kept_and_named() -> None:
    found = plan({"tenants": [TENANT]}, standing())
    assert found.steps == ()
    assert found.kept == (
        Kept("node", "mta-1"),
        Kept("domain", "a-mail.com"),
        Kept("ip", "1.2.3.4"),
    )


def test_a_key_belongs_to_a_request_of_one_plan() -> None:
    first = only(plan({"tenants": [TENANT]}, NOTHING)).requests[0]
    same = only(plan({"tenants": [TENANT]}, NOTHING)).requests[0]
    other = only(plan({"tenants": [{**TENANT, "quota": 9}]}, NOTHING)).requests[0]
    assert first.key(7) == same.key(7)
    assert len({first.key(7), first.key(8), other.key(7)}) == 3
    assert len(first.key(7)) <= 255


# --- tenants and nodes ----------------------------------------------------------------------------


def test_a_new_tenant_is_made_with_what_is_said_and_its_list_actions_follow() -> None:
    said = {"quota": 500, "authority": "observe", "list_actions": {ZONES[0]: "alert"}}
    first, second = only(plan({"tenants": [TENANT | said]}, NOTHING)).requests
    assert first == (
        "POST",
        ("tenants",),
        {**TENANT, "quota": 500, "authority": "observe"},
        {},
    )
    path = ("tenants", "acme", "zone-actions")
    assert second == ("PUT", path, {"actions": {ZONES[0]: "alert"}}, {})


def test_an_unlimited_quota_is_what_a_new_tenant_has_and_null_for_a_known_one() -> None:
    new = only(plan({"tenants": [{**TENANT, "quota": "unlimited"}]}, NOTHING))
    assert "quota" not in (new.requests[0].body or {})
    before = standing(changed("tenants", quota=100))
    step = only(plan(changed("tenants", quota="unlimited"), before))
    assert step.requests == (("PATCH", ("tenants", "acme"), {"quota": None}, {}),)
    assert step.changes == (Change("quota", 100, "unlimited"),)


def test_a_known_tenant_is_changed_in_what_differs_alone() -> None:
    said = {"name": "Acme Inc", "authority": "observe", "list_actions": {}}
    before = standing(changed("tenants", list_actions={ZONES[0]: "alert"}))
    step = only(plan(changed("tenants", **said), before))
    assert [one.method for one in step.requests] == ["PATCH", "PUT", "PUT"]
    assert step.requests[0].body == {"name": "Acme Inc"}
    assert step.requests[1] == ("PUT", ("tenants", "acme", "zone-actions"), {"actions": {}}, {})
    assert step.requests[2].path == ("authority", "tenant-acme")


def test_a_new_tenant_that_lacks_what_it_needs_and_a_time_zone_that_stays() -> None:
    path, why = refused(plan({"tenants": [{"slug": "acme", "name": "Acme"}]}, NOTHING))
    assert (path, why.endswith("needs brand_domain, sending_domain_base")) == (("tenants", 0), True)
    path, why = refused(plan(changed("tenants", day_tz="Europe/Berlin"), standing()))
    assert path == ("tenants", 0, "day_tz")
    assert "stays as it was created with, UTC" in why


def test_a_list_that_is_not_asked_is_refused_with_what_was_meant() -> None:
    said = {"list_actions": {"zen.spamhaus.com": "alert"}}
    found = plan(changed("tenants", **said), standing())
    assert found.refused[0].path == ("tenants", 0, "list_actions", "zen.spamhaus.com")
    assert "did you mean `zen.spamhaus.org`" in found.refused[0].why


@pytest.mark.parametrize(("was", "wanted", "last"), [(100, 50, True), (50, 100, False)])
def test_a_quota_is_raised_before_addresses_come_and_lowered_after_they_went(
    was: int, wanted: int, last: bool
) -> None:
    table = changed("tenants", quota=wanted)
    table["ips"] = [{**IP, "removed": True}, {**IP, "address": "1.2.3.5"}]
    found = plan(table, standing(changed("tenants", quota=was)))
    assert found.refused == ()
    expected = ["tenant", "ip", "ip"]
    assert [one.what for one in found.steps] == (expected[::-1] if last else expected)


def test_a_quota_below_the_number_of_addresses_is_refused_with_the_count() -> None:
    table = changed("tenants", quota=1)
    table["ips"] = [IP, {**IP, "address": "1.2.3.5"}]
    (one,) = plan(table, standing()).refused
    assert one.path == ("tenants", 0, "quota")
    assert "less than the 2 addresses" in one.why
    table["ips"] = [{**IP, "removed": True}, {**IP, "address": "1.2.3.5"}]
    assert "until they are gone" in plan(table, standing()).refused[0].why
    assert plan(changed("tenants", quota=1), standing()).refused == ()


def test_a_node_is_sent_as_a_whole_with_what_it_has() -> None:
    step = only(plan(changed("nodes", port=2222), standing()))
    assert step.changes == (Change("port", 22, 2222),)
    assert step.requests[0].body == {
        **NODE,
        "port": 2222,
        "user": "email-engine",
        "config_dir": "/etc/pmta",
        "pmta": "/usr/sbin/pmta",
    }
    path, why = refused(plan({"nodes": [{"name": "mta-2"}]}, NOTHING))
    assert (path, why[-30:]) == (("nodes", 0), "a new one needs host and host_key"[-30:])


# --- domains --------------------------------------------------------------------------------------


def test_a_domain_is_changed_in_what_differs_alone() -> None:
    step = only(plan(changed("domains", helo="m.a-mail.com", mail_from=""), standing()))
    body = {"tenant": "acme", "helo": "m.a-mail.com"}
    assert step.requests == (("PATCH", ("domains", "a-mail.com"), body, {}),)


def test_a_domain_is_removed_only_where_it_is_named_and_once() -> None:
    table = changed("domains", removed=True)
    step = only(plan(table, standing()))
    assert step.requests == (("DELETE", ("domains", "a-mail.com"), None, {"tenant": "acme"}),)
    gone = standing({**WHOLE, "domains": []})
    assert plan(table, gone).steps == ()
    without = {**WHOLE, "domains": []}
    assert plan(without, standing()).steps == ()
    assert only(plan(without, standing(), "a-mail.com")) == step


# --- addresses ------------------------------------------------------------------------------------


def test_a_new_address_is_sent_with_what_is_said_of_it() -> None:
    said = {"ladder": "mailtrap", "hostname": "m1.a-mail.com", "purpose": "news", "node": "mta-1"}
    before = standing({**WHOLE, "ips": []})
    step = only(plan(changed("ips", **said), before))
    assert step.requests == (("POST", ("ips",), {**IP, **said}, {}),)
    plain = only(plan(WHOLE, before)).requests[0]
    assert plain.body == {**IP, "purpose": "marketing"}


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({"purpose": "news"}, "purpose", "registered with 'marketing', and that stays"),
        ({"warmup": "manual"}, "warmup", "registered with 'auto'"),
        ({"hostname": "m2.a-mail.com"}, "hostname", "registered with 'none'"),
    ],
)
def test_what_an_address_was_registered_with_stays(said: Table, field: str, why: str) -> None:
    path, told = refused(plan(changed("ips", **said), standing()))
    assert path == ("ips", 0, field)
    assert why in told


def test_a_host_name_that_it_has_by_ptr_may_be_said() -> None:
    present = standing(place=Place("WARMING", hostname="m1.a-mail.com"))
    assert plan(changed("ips", hostname="m1.a-mail.com"), present).refused == ()
    assert plan(changed("ips", hostname=""), present).refused == ()


def test_an_address_goes_to_no_other_tenant_and_to_no_other_node() -> None:
    table: Table = {
        "tenants": [TENANT, {**TENANT, "slug": "beta"}],
        "nodes": [NODE, {**NODE, "name": "mta-2"}],
    }
    known = standing({**table, "ips": [{**IP, "node": "mta-1"}]})
    (one,) = plan({**table, "ips": [{**IP, "tenant": "beta"}]}, known).refused
    assert (one.path, "it is acme's" in one.why) == (("ips", 0, "tenant"), True)
    (one,) = plan({**table, "ips": [{**IP, "node": "mta-2"}]}, known).refused
    assert (one.path, "'mta-1', and that stays" in one.why) == (("ips", 0, "node"), True)


def test_where_several_nodes_are_one_must_be_said_and_it_must_be_there() -> None:
    two = {**WHOLE, "nodes": [NODE, {**NODE, "name": "mta-2"}]}
    path, why = plan(two, NOTHING).refused[0]
    assert (path, why) == (("ips", 0), "there are several nodes; say which: mta-1, mta-2")
    path, why = plan({**WHOLE, "nodes": []}, NOTHING).refused[0]
    assert (path, "add it as [[nodes]]" in why) == (("ips", 0), True)
    path, why = plan(changed("ips", node="mta-11"), NOTHING).refused[0]
    assert (path, "did you mean `mta-1`" in why) == (("ips", 0, "node"), True)
    elsewhere = standing({**WHOLE, "ips": []})
    assert plan({"tenants": [TENANT], "ips": [IP]}, elsewhere).refused == ()


@pytest.mark.parametrize(
    ("place", "may"),
    [
        (Place("STANDBY", "new"), True),
        (Place("STANDBY", "listed"), True),
        (Place("STANDBY", "monitoring"), True),
        (Place("STANDBY", "quarantined"), False),
        (Place("WARMING"), False),
        (Place("ACTIVE"), False),
        (Place("RETIRING"), False),
        (Place("RESTING"), False),
    ],
)
def test_another_ladder_is_given_only_while_an_address_waits(place: Place, may: bool) -> None:
    found = plan(changed("ips", ladder="mailtrap"), standing(place=place))
    if may:
        body = {"tenant": "acme", "ladder": "mailtrap"}
        assert only(found).requests == (("POST", ("ips", "1.2.3.4", "warmup"), body, {}),)
    else:
        path, why = refused(found)
        assert (path, place.phase in why) == (("ips", 0, "ladder"), True)
    same = standing(changed("ips", ladder="mailtrap"), place=place)
    assert plan(changed("ips", ladder="mailtrap"), same) == plan(WHOLE, same)


def test_a_ladder_starts_no_address_that_people_start() -> None:
    path, why = refused(plan(changed("ips", warmup="manual", ladder="mailtrap"), standing(
        {**WHOLE, "ips": []}
    )))  # fmt: skip
    assert (path, "POST /api/v2/ips/1.2.3.4/warmup" in why) == (("ips", 0, "warmup"), True)
    manual = standing(changed("ips", warmup="manual"))
    path, _ = refused(plan(changed("ips", ladder="mailtrap"), manual))
    assert path == ("ips", 0, "warmup")
    warmed = standing(changed("ips", warmup="manual"), plan=plans.named("mailtrap"))
    assert plan(changed("ips", ladder="mailtrap"), warmed).refused == ()


def test_an_address_is_removed_only_where_it_is_named_and_once() -> None:
    table = changed("ips", removed=True)
    step = only(plan(table, standing()))
    (request,) = step.requests
    assert (step.does, request.method, request.path) == ("remove", "DELETE", ("ips", "1.2.3.4"))
    assert plan(table, standing(place=Place("STANDBY", "new", leaving=True))).steps == ()
    assert plan(table, standing({**WHOLE, "ips": []})).steps == ()
    without = {**WHOLE, "ips": []}
    assert only(plan(without, standing(), "1.2.3.4")) == step
    assert plan(without, standing(), "1.2.3.4").kept == ()
    path, why = refused(plan(WHOLE, standing(place=Place("STANDBY", "new", leaving=True))))
    assert (path, "under way" in why) == (("ips", 0), True)


def test_removals_by_name_that_mean_nothing_are_refused() -> None:
    found = plan(WHOLE, standing(), "1.2.3.4")
    assert found.steps == ()
    assert "say removed = true there" in found.refused[0].why
    (one,) = plan({**WHOLE, "ips": []}, standing(), "1.2.3.5").refused
    assert one == Finding(
        (), "--remove 1.2.3.5: there is no such address, domain or chat; did you mean `1.2.3.4`?"
    )


def test_another_tenants_things_are_not_removed_in_its_name() -> None:
    table: Table = {"tenants": [TENANT, {**TENANT, "slug": "beta"}], "nodes": [NODE]}
    known = standing({**table, "ips": [IP], "domains": [DOMAIN]})
    wrong = {"tenant": "beta", "removed": True}
    found = plan({**table, "ips": [IP | wrong], "domains": [DOMAIN | wrong]}, known)
    assert found.steps == ()
    assert [one.path for one in found.refused] == [("domains", 0, "tenant"), ("ips", 0, "tenant")]


def test_removals_come_last_addresses_before_their_domains() -> None:
    table = {**changed("domains", removed=True), "ips": [{**IP, "removed": True}]}
    table["ips"].append({**IP, "address": "1.2.3.5"})
    steps = [(one.does, one.what) for one in plan(table, standing()).steps]
    assert steps == [("create", "ip"), ("remove", "ip"), ("remove", "domain")]


def test_an_ip_says_nothing_by_itself() -> None:
    (ip,) = fleet(WHOLE).ips
    assert ip == Ip(address=ADDRESS, tenant=ip.tenant)
