"""Alerts by mail, to a real SMTP server on the loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from engine.adapters.smtp import SmtpMailer
from engine.app import mail
from engine.ports import MessengerFailed

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


def to(port: int, user: str = "", password: str = "", **how: Any) -> SmtpMailer:
    return SmtpMailer(
        **{
            "host": "127.0.0.1",
            "port": port,
            "tls": "none",
            "user": user,
            "password": password,
            "sender": "engine@example.com",
            "within_s": 2,
            **how,
        }
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


# --- encrypted ------------------------------------------------------------------------------------


class Certified(NamedTuple):
    """Who the server is, for its own eyes and for others'."""

    context: ssl.SSLContext
    pem: str  # it signed itself


def certified(directory: Path, name: str) -> Certified:
    """A server that calls itself so."""
    key, pem = directory / f"{name}.key", directory / f"{name}.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    pem.write_bytes(signed.public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return Certified(context, str(pem))


@pytest.fixture(scope="module")
def localhost(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("tls"), "relay.example")


async def test_starttls_comes_before_mail_and_password(localhost: Certified) -> None:
    inbox = Inbox()
    async with listening(
        inbox,
        tls_context=localhost.context,
        require_starttls=True,
        authenticator=inbox.login,
        auth_required=True,
    ) as port:
        sure = to(port, "engine", SECRET, host="localhost", tls="starttls", ca=localhost.pem)
        await sure.mail(["ops@example.com"], "s", "t")
        with pytest.raises(MessengerFailed, match="STARTTLS"):
            await to(port).mail(["ops@example.com"], "s", "t")
    assert (inbox.logins, len(inbox.mail)) == ([b"engine"], 1)


async def test_a_line_that_is_encrypted_from_the_first_byte_carries_mail(
    localhost: Certified,
) -> None:
    inbox = Inbox()
    server = await asyncio.get_running_loop().create_server(
        partial(SMTP, inbox, hostname="mx.example"), "127.0.0.1", 0, ssl=localhost.context
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        await to(port, host="localhost", tls="tls", ca=localhost.pem).mail(
            ["o@example.com"], "s", "t"
        )
        with pytest.raises(MessengerFailed, match="its certificate is not to be believed"):
            await to(port, host="localhost", tls="tls").mail(["o@example.com"], "s", "t")
    assert len(inbox.mail) == 1


@pytest.mark.parametrize("password", ["", SECRET])
async def test_a_server_that_offers_no_tls_gets_neither_mail_nor_password(
    localhost: Certified, password: str
) -> None:
    inbox = Inbox()
    async with listening(inbox, authenticator=inbox.login, auth_require_tls=False) as port:
        user = "engine" if password else ""
        sure = to(port, user, password, host="localhost", tls="starttls", ca=localhost.pem)
        with pytest.raises(MessengerFailed, match=r"localhost:.* STARTTLS .*not supported"):
            await sure.mail(["ops@example.com"], "s", "t")
    assert (inbox.mail, inbox.logins) == ([], [])


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    localhost: Certified, another: Certified
) -> None:
    inbox = Inbox()
    async with listening(inbox, tls_context=localhost.context, authenticator=inbox.login) as port:
        for ca in ("", another.pem):
            sure = to(port, "engine", SECRET, host="localhost", tls="starttls", ca=ca)
            with pytest.raises(MessengerFailed) as caught:
                await sure.mail(["ops@example.com"], "s", "t")
            assert "its certificate is not to be believed (self-signed certificate)" in str(
                caught.value
            )
            assert "[mail] ca" in str(caught.value)
    assert (inbox.mail, inbox.logins) == ([], [])


async def test_a_certificate_of_another_name_gets_nothing(another: Certified) -> None:
    inbox = Inbox()
    async with listening(inbox, tls_context=another.context) as port:
        sure = to(port, host="localhost", tls="starttls", ca=another.pem)
        with pytest.raises(MessengerFailed, match="not valid for 'localhost'"):
            await sure.mail(["ops@example.com"], "s", "t")
    assert inbox.mail == []


async def test_why_the_last_mail_was_not_taken_is_kept_until_one_is() -> None:
    inbox = Inbox()
    inbox.refuse = "gone@example.com"
    async with listening(inbox) as port:
        postman = mail.Postman(to(port))
        assert postman.trouble() == ""
        with pytest.raises(MessengerFailed):
            await postman.mail(["gone@example.com"], "s", "t")
        assert "no such user" in postman.trouble()
        assert "@" not in postman.trouble()
        await postman.mail(["ops@example.com"], "s", "t")
        assert postman.trouble() == ""


async def test_a_server_that_says_nothing_is_told_of_when_its_time_is_over() -> None:
    class Deaf:
        async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
            await asyncio.Event().wait()

        async def greet(self) -> None:
            await asyncio.Event().wait()

    postman = mail.Postman(Deaf())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await postman.mail(["ops@example.com"], "s", "t")
    assert postman.trouble() == "no answer in time"


# --- before a mail is due -------------------------------------------------------------------------


async def test_a_server_is_greeted_as_for_a_mail_and_gets_none(localhost: Certified) -> None:
    inbox = Inbox()
    async with listening(
        inbox, tls_context=localhost.context, require_starttls=True, authenticator=inbox.login
    ) as port:
        how = {"host": "localhost", "tls": "starttls", "ca": localhost.pem}
        postman = mail.Postman(to(port, "engine", SECRET, **how))
        await mail.greeted(postman)
        assert (postman.trouble(), inbox.logins, inbox.mail) == ("", [b"engine"], [])
        with pytest.raises(MessengerFailed, match=r"localhost:\d+ would .* check \[mail\]: "):
            await to(port, "engine", "wrong", **how).greet()
        with pytest.raises(MessengerFailed, match=r"would take no mail.* certificate"):
            await to(port, host="localhost", tls="starttls").greet()
    with pytest.raises(MessengerFailed, match="would take no mail"):
        await to(port).greet()


async def test_a_server_that_would_take_no_mail_is_greeted_again_until_it_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[tuple[float, str]] = []
    inbox = Inbox()
    async with listening(inbox, authenticator=inbox.login, auth_require_tls=False) as port:
        wrong, right = to(port, "engine", "wrong"), to(port, "engine", SECRET)

        class Mended:
            async def greet(self) -> None:
                await (right if waits else wrong).greet()

            async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
                raise AssertionError("nothing is due")

        postman = mail.Postman(Mended())

        async def pause(seconds: float) -> None:
            waits.append((seconds, postman.trouble()))

        monkeypatch.setattr(mail, "pause", pause)
        await mail.greeted(postman)
    ((seconds, trouble),) = waits
    assert seconds == mail.AGAIN_S
    assert "would take no mail" in trouble
    assert SECRET not in trouble
    assert postman.trouble() == ""
