"""Who hears by mail or in a chat, and by what server."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from engine import config as configuration
from engine.app import mail
from engine.app.ways import chats_of, mail_of
from engine.errors import StartRefused
from engine.events import Event
from engine.ids import NodeId, TenantId
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from engine.values.alert import Route
from tests.support.event_samples import SAMPLES
from tests.support.samples import registered
from tests.support.spec import ACME, RIVAL, record

TABLE = {
    "server": "relay.example",
    "sender": "engine@example.com",
    "to": [{"address": "ops@example.com", "platform": True}],
}


def read(**changes: object) -> configuration.Mail:
    found = configuration.read({"mail": TABLE | changes}).mail
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"user": "engine"}, "user and password_file go together"),
        ({"user": "u", "password_file": "p", "tls": "none"}, "not sent in clear"),
        ({"to": []}, "to names nobody"),
        ({"ca": "/ca.pem", "tls": "none"}, "without TLS there is no certificate"),
        ({"sevrer": "x"}, "did you mean `server`"),
    ],
)
def test_a_table_that_cannot_work_refuses_the_start(changes: dict[str, object], said: str) -> None:
    with pytest.raises(StartRefused, match=said):
        read(**changes)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "No such file"), ("hello", "holds no certificate")]
)
def test_a_file_of_certificates_that_is_none_refuses_the_start(
    tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(StartRefused, match=rf"\[mail\] ca: .*{said}"):
        mail.mailer(read(ca=str(path)))


def test_each_address_hears_of_its_tenants_and_from_warning_on() -> None:
    both = [*TABLE["to"], {"address": "acme@example.com", "tenants": ["acme"]}]
    routes = mail_of(read(to=both))
    everybody, own = Route("ops@example.com", "warning"), Route("acme@example.com", "warning")
    assert [list(routes(who)) for who in (ACME, RIVAL, None)] == [
        [everybody, own],
        [everybody],
        [everybody],
    ]
    assert list(mail_of(None)(ACME)) == []


def telegram(**chat: object) -> Callable[[TenantId | None], object]:
    one = {"chat": "-100", **chat}
    found = configuration.read({"telegram": {"token_file": "t", "chats": [one]}}).telegram
    assert found is not None
    return chats_of(found)


@pytest.mark.parametrize("quiet", ["22:00", "22:00-25:00", "night"])
def test_hours_that_are_none_refuse_the_start(quiet: str) -> None:
    with pytest.raises(StartRefused, match="22:00-07:00"):
        telegram(quiet=quiet)
    with pytest.raises(StartRefused, match="Europe/Paris"):
        telegram(quiet="22:00-07:00", quiet_tz="Mars/Olympus")


def test_a_chat_of_one_tenant_hears_neither_of_another_nor_of_the_platform() -> None:
    routes = telegram(tenants=["acme"], severity="critical")
    assert [len(list(routes(who))) for who in (ACME, RIVAL, None)] == [1, 0, 0]  # type: ignore[call-overload]


def fleet() -> Views:
    views = Views(PROJECTIONS)
    host: Event = next(one for one in SAMPLES if type(one).__name__ == "HostRegistered")
    node = msgspec.structs.replace(host, node=NodeId("pmta-1"), host="127.0.0.9")
    for n, event in enumerate((node, registered()), start=1):
        list(views.fold(record(n, event)))
    return views


@pytest.mark.parametrize("server", ["127.0.0.9", "203.0.113.7"])
async def test_alerts_never_go_out_by_what_the_engine_watches(server: str) -> None:
    with pytest.raises(StartRefused, match="outside of"):
        await mail.refuse_watched(read(server=server), fleet())


async def test_a_server_outside_of_the_fleet_may_carry_them() -> None:
    await mail.refuse_watched(read(server="192.0.2.25"), fleet())
    await mail.refuse_watched(None, fleet())
