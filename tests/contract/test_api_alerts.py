"""Alerts, and people who say that they have heard."""

from engine.commands.alert import FireAlert
from engine.ids import AlertId, IpAddr, Position
from tests.support.api_world import SOS, api_world
from tests.support.samples import registered, stage, stopped

IP = IpAddr("203.0.113.7")
ALERT = AlertId(f"sos-expat/ip_listed/{IP}#1")
PATH = "/api/v2/alerts/acknowledge"


async def test_an_alert_is_acknowledged_by_its_tenant_once_and_nobody_else_finds_it() -> None:
    async with api_world() as world:
        _, sos, ulixai = await world.two_tenants()
        await world.happens(SOS, IP, registered(), stage(1), stopped())
        await world.order(FireAlert(alert=ALERT, tenant=SOS, severity="critical"), SOS)
        (shown,) = (await sos.get("/api/v2/alerts?name=ip_listed")).body["items"]
        assert (shown["id"], shown["firing"], shown["acknowledged"]) == (ALERT, True, False)
        assert (await ulixai.post(PATH, {"alert": ALERT})).problem == (404, "not-found", "$.alert")
        for _ in range(2):
            heard = await sos.post(PATH, {"alert": ALERT})
            assert (heard.status, heard.body["acknowledged"]) == (200, True)
        tags = [
            one.event.__struct_config__.tag for one in await world.log.read_from(Position(0), 999)
        ]
        assert tags.count("alert.acknowledged") == 1


async def test_an_alert_of_another_episode_or_none_is_not_found() -> None:
    async with api_world() as world:
        _, sos, _ = await world.two_tenants()
        await world.happens(SOS, IP, registered(), stage(1), stopped())
        for name in (f"sos-expat/ip_listed/{IP}#2", "sos-expat/ip_listed/192.0.2.1#1", "x", ""):
            said = await sos.post(PATH, {"alert": name})
            assert said.problem == (404, "not-found", "$.alert")


async def test_an_alert_is_silenced_for_a_while_and_heard_again() -> None:
    path = "/api/v2/alerts/silence"
    async with api_world() as world:
        _, sos, ulixai = await world.two_tenants()
        await world.happens(SOS, IP, registered(), stage(1), stopped())
        await world.order(FireAlert(alert=ALERT, tenant=SOS, severity="critical"), SOS)
        mute = {"alert": ALERT, "minutes": 60}
        assert (await ulixai.post(path, mute)).problem == (404, "not-found", "$.alert")
        silent = await sos.post(path, mute)
        assert (silent.status, silent.body["firing"]) == (200, True)
        assert silent.body["silenced_until"] is not None
        heard = await sos.post(path, {"alert": ALERT, "minutes": 0})
        assert (heard.status, heard.body["silenced_until"]) == (200, None)
        for minutes in (-1, 30 * 24 * 60 + 1):
            assert (await sos.post(path, mute | {"minutes": minutes})).status == 422


async def test_a_way_to_people_that_fails_is_said_in_health_and_stops_nothing() -> None:
    token = "telegram: Telegram does not know the bot's token; put a valid one into its file"
    relay = "relay.example:587 did not take the mail: its certificate is not to be believed"
    async with api_world() as world:
        nobody = world.client()
        assert not {"telegram", "mail"} & set((await nobody.get("/healthz")).body)
        world.telegram, world.mail = token, relay
        said = await nobody.get("/healthz")
        assert (said.status, said.body["telegram"], said.body["mail"]) == (200, token, relay)
