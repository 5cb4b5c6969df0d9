"""What clients may rely on: limits, cold addresses, replies and logins of a VirtualMTA."""

from typing import Any

import pytest

from engine.events.engine import LoginsLooked
from engine.ids import IpAddr, NodeId
from engine.values.login import Login
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, Client, Said
from tests.support.choosing import CONFIG, FIRST, IP, OTHER, SECOND, put, ready
from tests.support.spec import NODE


async def test_a_provider_is_slowed_and_a_cold_address_takes_the_first_of_the_day(
    world: ApiWorld,
) -> None:
    sos, _ = await ready(world)
    await world.happens(SOS, IP, samples.stage(2, ip=IpAddr(IP)))
    await world.happens(SOS, SECOND, samples.stage(1, ip=IpAddr(SECOND)))
    chosen = {
        "limits": {"Gmail.com": {"max-smtp-out": "5"}, "*.example": {"max-msg-rate": "100/h"}},
        "cold": {"ip": SECOND, "counts": {"gmail.com": 20, "yahoo.com": 40}},
    }
    said = await put(sos, FIRST | chosen)
    assert said.status == 202, said.body
    text = said.body["files"][0]["text"]
    assert (
        "  cold-virtual-mta sos-expat--1-2-3-5\n"
        "  <domain *.example>\n"
        "    max-msg-rate 100/h\n"
        "  </domain>\n"
        "  <domain gmail.com>\n"
        "    max-cold-virtual-mta-msg 20/d\n"
        "    max-smtp-out 5\n"
        "  </domain>\n"
        "  <domain yahoo.com>\n"
        "    max-cold-virtual-mta-msg 30/d\n"  # its cap is 50
        "  </domain>\n"
    ) in text
    assert said.body["findings"] == []


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"limits": {"*": {"max-smtp-out": "5"}}}, "limits"),
        ({"limits": {"gmail.com": {"queue-to": "x"}}}, "limits.gmail.com"),
        ({"limits": {"gmail.com": {"max-smtp-out": "0"}}}, "limits.gmail.com"),
        ({"limits": {"gmail.com": {"max-msg-rate": "5/h\ninclude /x"}}}, "limits.gmail.com"),
        ({"limits": {"gmail.com": {}, "GMAIL.com": {}}}, "limits"),
        ({"cold": {"ip": IP, "counts": {"gmail.com": 5}}}, "cold.ip"),
        ({"cold": {"ip": "9.9.9.9", "counts": {"gmail.com": 5}}}, "cold.ip"),
        ({"cold": {"ip": SECOND, "counts": {}}}, "cold.counts"),
        ({"cold": {"ip": SECOND, "counts": {"*": 5}}}, "cold.counts"),
        ({"cold": {"ip": SECOND, "counts": {"gmail.com": 0}}}, "cold.counts[...]"),
    ],
)
async def test_a_limit_that_slows_nothing_or_names_no_provider_is_refused_by_field(
    world: ApiWorld, chosen: dict[str, Any], field: str
) -> None:
    sos, _ = await ready(world)
    said = await put(sos, FIRST | chosen)
    assert said.status == 422, said.body
    assert said.body["field"].endswith(field), said.body
    assert "tenant.overlay_set" not in world.tags()


COMMON = {
    "patterns": [
        {"reply": r"high volumes.* complaints", "action": "backoff"},
        {"reply": r"\b(black|block)list", "action": "disable-source-ip"},
    ],
    "minutes": 120,
}


async def choose(client: Client, lists: Any, *vmtas: Any) -> Said:
    return await client.ask("PUT", CONFIG, {"virtual_mtas": list(vmtas), "pattern_lists": lists})


async def test_what_replies_do_is_chosen_by_lists_that_virtual_mtas_share(world: ApiWorld) -> None:
    sos, _ = await ready(world)
    uses = {"patterns": {"*": "common"}}
    said = await choose(sos, {"common": COMMON}, FIRST | uses, OTHER | uses)
    assert said.status == 202, said.body
    text = said.body["files"][0]["text"]
    assert text.startswith(
        "<smtp-pattern-list sos-expat--common>\n"
        "  reply /high volumes.* complaints/ mode=backoff\n"
        "  reply /\\b(black|block)list/ disable-source-ip\n"
        "</smtp-pattern-list>\n"
    )
    assert text.count("<smtp-pattern-list ") == 1
    use = (
        "  <domain *>\n    backoff-to-normal-after 120m\n    reenable-source-ip-after 120m\n"
        "    smtp-pattern-list sos-expat--common\n  </domain>\n"
    )
    assert text.count(use) == 2
    assert said.body["pattern_lists"] == {"common": COMMON}
    assert [one["patterns"] for one in said.body["virtual_mtas"]] == [{"*": "common"}] * 2
    assert said.body["findings"] == []


@pytest.mark.parametrize(
    ("lists", "uses", "field"),
    [
        ({"common": COMMON}, {"*": "comon"}, "virtual_mtas[0].patterns.*"),
        ({"common": COMMON}, {"a b": "common"}, "virtual_mtas[0].patterns"),
        ({"common": COMMON}, {"a.example": "common", "A.example": "common"}, "[0].patterns"),
        ({"common": COMMON}, {}, "$.pattern_lists.common"),
        ({"a\nb": COMMON}, {"*": "a\nb"}, "$.pattern_lists.a\nb"),
        ({"c": COMMON | {"minutes": 0}}, {"*": "c"}, "$.pattern_lists.c"),
        ({"c": {"patterns": []}}, {"*": "c"}, "$.pattern_lists.c"),
        ({"c": {"patterns": [{"reply": "a#b", "action": "backoff"}]}}, {}, "$.pattern_lists.c"),
        ({"c": {"patterns": [{"reply": "a", "action": "bounce-queue"}]}}, {}, "[0].action"),
    ],
)
async def test_a_list_that_is_wrong_unknown_or_unused_is_refused_by_field(
    world: ApiWorld, lists: Any, uses: Any, field: str
) -> None:
    sos, _ = await ready(world)
    said = await choose(sos, lists, FIRST | {"patterns": uses})
    assert said.status == 422, said.body
    assert said.body["field"].endswith(field), said.body
    assert "tenant.overlay_set" not in world.tags()


async def test_who_may_log_in_is_shown_and_who_may_not_is_a_finding(world: ApiWorld) -> None:
    sos, ulixai = await ready(world)
    without = Login("", "there is no file /secrets/sos-expat--1-2-3-5 with its password")
    found = {IpAddr(IP): Login("sos-expat--1-2-3-4.2"), IpAddr(SECOND): without}
    await world.happens(
        SOS, IP, LoginsLooked(changed=found, nodes=dict.fromkeys(found, NodeId(NODE)))
    )
    said = await put(sos, FIRST, OTHER)
    assert said.body["virtual_mtas"][0]["smtp_user"] == {
        "login": "sos-expat--1-2-3-4",
        "rendered": True,
        "secret": "sos-expat--1-2-3-4.2",
        "why": "",
    }
    (finding,) = said.body["findings"]
    assert (finding["rule"], finding["where"]) == ("smtp-user", "$.virtual_mtas[1].ip")
    assert "sos-expat--1-2-3-5 has no SMTP user: there is no file" in finding["message"]
    text = said.body["files"][0]["text"]
    assert "  password {secret:sos-expat--1-2-3-4.2}\n" in text
    assert text.count("<smtp-user ") == text.count("<source ") == 1
    (shown,) = (await sos.get(CONFIG)).body["items"]
    assert [one["rendered"] for one in shown["smtp_users"]] == [True, False]
    assert (await ulixai.get(CONFIG)).body["items"] == []
