"""MailWizz's delivery servers, named by hand: who may, which, and for how long."""

from engine.events.mailwizz import MailwizzLooked
from engine.events.server import ServerReleased, ServerTold
from engine.ids import Actor, InstanceId, IpAddr, Position, ServerId
from engine.ports import New, Slice
from engine.values.server import ServerRow, ServerWish
from tests.contract.test_api import IP, IPS, NEW_IP
from tests.support.api_world import SOS, ULIXAI, ApiWorld

MAIN, OTHER_IP = InstanceId("main"), "1.2.3.5"
SERVED = {**NEW_IP, "server_id": 7}
OTHER = {**NEW_IP, "address": OTHER_IP}
TAKEN = (409, "taken", "$.server_id")


async def mailwizz(world: ApiWorld, *events: MailwizzLooked | ServerTold | ServerReleased) -> None:
    slices = [
        Slice(stream="mailwizz-main", tenant=SOS, events=[New(world.new_id(), one)])
        for one in events
    ]
    await world.log.append(slices, actor=Actor("engine"), cause="a test")
    await world.pump.reached(Position(world.length))


async def test_an_address_is_registered_with_its_server_in_one_append(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    said = await sos.post(IPS, SERVED)
    assert said.status == 201
    assert said.body["server"] == {"instance": "main", "server_id": 7, "on": False}
    assert world.tags()[-3:] == ["ip.registered", "server.claimed", "command.completed"]
    assert (await sos.post(IPS, OTHER)).body["server"] is None
    row = ServerRow(ServerId(7), "mail1.sos-mail.com", "active", 50, 10)
    await mailwizz(world, ServerTold(ip=IpAddr(IP), wish=ServerWish(True, 50), row=row))
    assert (await sos.get(f"{IPS}/{IP}")).body["server"]["on"] is True


async def test_a_repeated_request_is_the_same_only_with_the_same_server(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    again = {"Idempotency-Key": "one"}
    assert (await sos.post(IPS, SERVED, headers=again)).status == 201
    length = world.length
    assert (await sos.post(IPS, SERVED, headers=again)).status == 201
    other = await sos.post(IPS, {**SERVED, "server_id": 8}, headers=again)
    assert other.problem[:2] == (422, "key-reused")
    assert world.length == length


async def test_a_server_is_one_addresss_and_nothing_is_registered_for_another(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    world.instances[ULIXAI] = (MAIN,)
    admin = await world.admin()
    await admin.ask("PATCH", "/api/v2/tenants/ulixai", {"mailwizz": "main"})
    await sos.post(IPS, SERVED)
    for client in (sos, ulixai):
        said = await client.post(IPS, {**SERVED, "address": OTHER_IP})
        assert said.problem == TAKEN
        assert said.body["detail"] == "server 7: this delivery server is another address's"
        assert (await client.get(f"{IPS}/{OTHER_IP}")).status == 404


async def test_only_where_the_configuration_lets_its_tenant_is_a_server_named(
    world: ApiWorld,
) -> None:
    _, sos, ulixai = await world.two_tenants()
    none = await ulixai.post(IPS, SERVED)
    assert none.problem == (422, "invalid", "$.server_id")
    assert "has no MailWizz installation" in none.body["detail"]
    world.instances[SOS] = ()
    barred = await sos.post(IPS, SERVED)
    assert barred.problem == (422, "invalid", "$.server_id")
    assert "[mailwizz.main] tenants" in barred.body["detail"]
    for number in (0, -1, 2**31, "7"):
        wrong = await sos.post(IPS, {**NEW_IP, "server_id": number})
        assert wrong.problem == (422, "invalid", "$.server_id")
    assert "ip.registered" not in world.tags()


async def test_on_a_shared_installation_only_an_admin_names_one(world: ApiWorld) -> None:
    admin, sos, _ = await world.two_tenants()
    world.shared.add(MAIN)
    assert (await sos.post(IPS, SERVED)).problem[:2] == (403, "forbidden")
    assert "ip.registered" not in world.tags()
    said = await admin.post(IPS, {**SERVED, "tenant": SOS})
    assert (said.status, said.body["server"]["server_id"]) == (201, 7)


async def test_an_address_that_found_none_is_given_one_and_keeps_it(world: ApiWorld) -> None:
    _, sos, ulixai = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    path = f"{IPS}/{IP}/server"
    assert (await ulixai.post(path, {"server_id": 7})).status == 404
    assert (await sos.post(path, {"server_id": 7})).body["server"]["server_id"] == 7
    length = world.length
    assert (await sos.post(path, {"server_id": 7})).status == 200
    other = await sos.post(path, {"server_id": 8})
    assert other.problem == TAKEN
    assert "keeps it until it is removed" in other.body["detail"]
    assert world.tags()[length:] == ["command.completed"], "the same again changes nothing"


async def test_an_address_on_its_way_out_is_given_none(world: ApiWorld) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, NEW_IP)
    assert (await sos.ask("DELETE", f"{IPS}/{IP}", {"reason": "given back"})).status == 202
    length = world.length
    said = await sos.post(f"{IPS}/{IP}/server", {"server_id": 7})
    assert said.problem == (409, "refused", "$.server_id")
    assert said.body["detail"] == (
        "1.2.3.4 is being removed, and takes no server any more; nothing was changed"
    )
    assert world.length == length
    other = await sos.post(IPS, {**OTHER, "server_id": 7})
    assert other.status == 201, "which is free for another address"


async def test_a_wrong_number_is_mended_once_mailwizz_says_that_there_is_no_such_row(
    world: ApiWorld,
) -> None:
    _, sos, _ = await world.two_tenants()
    await sos.post(IPS, SERVED)
    ip = IpAddr(IP)
    await mailwizz(world, MailwizzLooked(instance=MAIN, ips=(ip,), gone=(ip,)))
    said = await sos.post(f"{IPS}/{IP}/server", {"server_id": 8})
    assert said.body["server"]["server_id"] == 8
    assert world.tags()[-3:] == ["server.released", "server.claimed", "command.completed"]
    await sos.post(IPS, OTHER)
    freed = await sos.post(f"{IPS}/{OTHER_IP}/server", {"server_id": 7})
    assert freed.body["server"]["server_id"] == 7
