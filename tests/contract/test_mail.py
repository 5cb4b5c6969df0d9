"""Alerts by mail, to a real SMTP server on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from engine import config as configuration
from engine.adapters.smtp import SmtpMailer
from engine.app import mail
from engine.app.ways import chats_of, mail_of
from engine.errors import StartRefused
from engine.events import Event
from engine.ids import NodeId, TenantId
from engine.ports import MessengerFailed
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from engine.values.alert import Route
from tests.support.event_samples import SAMPLES
from tests.support.samples import registered
from tests.support.spec import ACME, RIVAL, record

SECRET = "a-secret-that-nobody-may-read"


class Inbox:
    """aiosmtpd's handler: keeps what comes, and refuses whom it is told to."""

    def __init__(self) -> None:
        self.mail: list[tuple[list[str], EmailMessage]] = []
        self.refuse = ""
        self.logins: list[bytes] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refuse:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        found = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(found, EmailMessage)
        self.mail.append((envelope.rcpt_tos, found))
        return "250 OK"

    def login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == SECRET.encode())


@asynccontextmanager
async def listening(inbox: Inbox, **how: Any) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(
        partial(SMTP, inbox, hostname="mx.example", **how), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


def to(port: int, user: str = "", password: str = "") -> SmtpMailer:
    return SmtpMailer(
        host="127.0.0.1",
        port=port,
        tls="none",
        user=user,
        password=password,
        sender="engine@example.com",
        within_s=2,
    )


async def test_a_mail_arrives_as_it_was_written_and_says_that_a_robot_wrote_it() -> None:
    inbox = Inbox()
    async with listening(inbox) as port:
        text = "🔴 CRITICAL listed\nNext: 550 <someone@example.com>"
        await to(port).mail(["ops@example.com"], "🔴 listed\r\nBcc: x@example.com", text)
    ((people, seen),) = inbox.mail
    assert people == ["ops@example.com"]
    assert (seen["From"], seen["To"]) == ("engine@example.com", "ops@example.com")
    assert seen["Subject"] == "🔴 listed Bcc: x@example.com"
    assert (seen["Bcc"], seen["Auto-Submitted"]) == (None, "auto-generated")
    assert seen["Message-ID"].endswith("@example.com>")
    assert seen.get_content().replace("\r\n", "\n").strip() == text


async def test_who_is_refused_is_a_failure_with_the_servers_words() -> None:
    inbox = Inbox()
    inbox.refuse = "gone@example.com"
    async with listening(inbox) as port:
        with pytest.raises(MessengerFailed, match="no such user"):
            await to(port).mail(["gone@example.com"], "s", "t")
        with pytest.raises(MessengerFailed, match="no such user"):
            await to(port).mail(["ops@example.com", "gone@example.com"], "s", "t")


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
async def test_a_password_is_shown_to_the_server_and_to_nobody_else() -> None:
    inbox = Inbox()
    async with listening(
        inbox, authenticator=inbox.login, auth_required=True, auth_require_tls=False
    ) as port:
        await to(port, "engine", SECRET).mail(["ops@example.com"], "s", "t")
        with pytest.raises(MessengerFailed) as caught:
            await to(port, "engine", "wrong-and-secret").mail(["ops@example.com"], "s", "t")
    assert inbox.logins == [b"engine", b"engine"]
    assert "wrong-and-secret" not in str(caught.value)
    assert len(inbox.mail) == 1


async def test_nobody_listening_is_a_failure_that_names_the_server() -> None:
    with pytest.raises(MessengerFailed, match=r"127\.0\.0\.1:1 did not take the mail"):
        await to(1).mail(["ops@example.com"], "s", "t")


# --- who hears, and by what server ---------------------------------------------------------------

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
        ({"sevrer": "x"}, "did you mean `server`"),
    ],
)
def test_a_table_that_cannot_work_refuses_the_start(changes: dict[str, object], said: str) -> None:
    with pytest.raises(StartRefused, match=said):
        read(**changes)


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
