"""Another tenant's things by every verb and in every spelling: never told from what there is not.

Sent as bytes, for a client's library would put most of these in order before it asks.
"""

import asyncio
import re
from collections.abc import Iterator

import pytest

from tests.contract.test_api_matrix import KEYED, SECRETS, THEIRS, Two, of_ulixai, two
from tests.support.api_world import Client

__all__ = ["two"]  # the fixture

NOBODYS = {"id": "1.2.3.9", "slug": "nobody", "domain": "nobody-one.com"}  # as long as THEIRS
VERBS = ("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "POST", "PUT", "PATCH", "DELETE", "FOO")
IPS, TENANTS, DOMAINS = (f"/api/v2/{name}" for name in ("ips", "tenants", "domains"))


def spelled(places: dict[str, str]) -> Iterator[str]:
    ip, slug, domain = places["id"], places["slug"], places["domain"]
    coded = "".join(f"%{ord(letter):02x}" for letter in ip)
    for form in (
        *(
            ip,
            coded,
            f"{ip}/",
            f"{ip}%2f",
            f"{ip}%00",
            f"{ip}%20",
            f"{ip};a=b",
            f"{ip}#a",
            f"{ip}.",
        ),
        *(f"::ffff:{ip}", f"::FFFF:{ip}", f"0:0:0:0:0:ffff:{ip}", f"[::ffff:{ip}]"),
        *(f"../ips/{ip}", f"./{ip}", f"%2e%2e/ips/{ip}", f"{ip}/explain", f"{coded}/stats"),
        *(f"{ip}?fields=tenant", f"{ip}?as_of=2026-01-05", f"{ip}/explain?as_of=2026-01-05"),
    ):
        yield f"{IPS}/{form}"
    yield from (f"//api/v2/ips/{ip}", f"/API/v2/ips/{ip}", f"http://x{IPS}/{ip}")
    for form in (slug.upper(), f"{slug}/", f"{slug}%2Fexport", f"{slug}/export", f"./{slug}"):
        yield f"{TENANTS}/{form}"
    for form in (domain.upper(), f"{domain}.", f"{domain}%2e", f"{domain}/dkim/default"):
        yield f"{DOMAINS}/{form}"
    for asked in (f"ip={ip}", f"stream=ip-{ip}", f"stream=tenant-{slug}", f"stream=dns-{domain}"):
        yield f"/api/v2/events?{asked}"


async def answered(client: Client, verb: str, target: str) -> bytes:
    """All bytes of the answer."""
    port = client._http.server.port
    assert port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{verb} {target} HTTP/1.1\r\nHost: X.EXAMPLE\r\nConnection: close\r\n"
    writer.write(f"{head}Authorization: Bearer {client.key}\r\n\r\n".encode())
    try:
        return await reader.read()
    finally:
        writer.close()


def blind(answer: bytes, places: dict[str, str]) -> str:
    """Without what was asked for by name, and without what differs at each answer."""
    text = answer.decode().lower()
    for name in ("domain", "slug", "id"):
        text = text.replace(places[name].lower(), f"<{name}>")
    text = text.replace("".join(f"%{ord(one):02x}" for one in places["id"]), "<id>")
    text = re.sub(r"(?m)^(date|ratelimit|etag|x-as-of): .*$", r"\1", text)
    return re.sub(r'"next":"[^"]*"', "<next>", text)


@pytest.mark.parametrize("verb", VERBS)
async def test_anothers_is_answered_as_nobodys_whatever_verb_and_spelling(
    two: Two, verb: str
) -> None:
    before = await of_ulixai(two.world)
    for theirs, nobodys in zip(spelled(THEIRS), spelled(NOBODYS), strict=True):
        found = await answered(two.sos, verb, theirs)
        assert found.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.0 4")), theirs
        other = await answered(two.sos, verb, nobodys)
        assert blind(found, THEIRS) == blind(other, NOBODYS), theirs
        for secret in SECRETS:
            assert secret.encode() not in found, theirs
    assert await of_ulixai(two.world) == before


async def test_nothing_of_the_owners_is_read_to_answer_a_stranger(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream is as long as its owner was busy, and to read it takes as long."""

    async def read(*_: object, **__: object) -> None:
        raise AssertionError("a whole stream, whoever's it is")

    monkeypatch.setattr(two.world.log, "read", read)
    asked = [one for one in KEYED if one.method == "GET" and {"id", "domain"} & {*one.places}]
    assert len(asked) >= 7
    for one in asked:
        said = await two.sos.get(one.url(THEIRS))
        assert said.problem[:2] == (404, "not-found"), one.name
