"""The public part of a key that lies on a node: the fake, the demo's node, and a real openssl over
a real OpenSSH.  The private part never comes along.
"""

from collections.abc import AsyncIterator

import asyncssh
import pytest

from engine.ports import NodeRefused
from engine.rules.dkim.keys import Ed25519Key, RsaKey, deployed
from engine.rules.key_path import parse_key_path
from tests.support.node_bench import EACH, Bench, bench_of
from tests.support.spec import NODE

RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
ED25519 = asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture(params=EACH)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request) as bench:
        yield bench


def public(key: asyncssh.SSHKey) -> bytes:
    return key.convert_to_public().export_public_key("pkcs8-der")


def private(key: asyncssh.SSHKey, form: str) -> str:
    return key.export_private_key(form).decode()


@pytest.mark.parametrize(
    ("key", "form"), [(RSA, "pkcs8-pem"), (RSA, "pkcs1-pem"), (ED25519, "pkcs8-pem")]
)
async def test_the_public_part_of_a_key_comes_whatever_form_the_key_is_kept_in(
    bench: Bench, key: asyncssh.SSHKey, form: str
) -> None:
    path = bench.put("dkim.pem", private(key, form), public(key))
    assert await bench.pmta.dkim_public(NODE, path) == public(key)


async def test_it_is_a_key_as_the_judges_read_them(bench: Bench) -> None:
    paths = [bench.put(f"{n}.pem", private(k, "pkcs8-pem"), public(k))
             for n, k in enumerate((RSA, ED25519))]  # fmt: skip
    rsa, ed25519 = [deployed(await bench.pmta.dkim_public(NODE, one)) for one in paths]
    assert isinstance(rsa, RsaKey)
    assert rsa.bits == 2048
    assert isinstance(ed25519, Ed25519Key)


async def test_what_is_no_key_is_refused_and_nothing_of_it_is_told(bench: Bench) -> None:
    path = bench.put("secret.txt", "the root password is 1234\n", None)
    with pytest.raises(NodeRefused) as refused:
        await bench.pmta.dkim_public(NODE, path)
    assert path in str(refused.value)
    assert "1234" not in str(refused.value)


async def test_a_file_that_is_not_there_is_told_no_other_way(bench: Bench) -> None:
    """Whoever names paths must not learn from the answers what lies on the node."""
    there = bench.put("secret.txt", "no key\n", None)
    told = []
    for path in (there, f"{there}.gone"):
        with pytest.raises(NodeRefused) as refused:
            await bench.pmta.dkim_public(NODE, path)
        told.append(str(refused.value).replace(path, "PATH"))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "path", ["dkim.pem", "file:/etc/dkim.pem", "/etc/../dkim.pem", "/a b", "/", "", "-x", "//a"]
)
def test_only_an_absolute_path_is_a_path(path: str) -> None:
    """openssl would also open URIs."""
    assert parse_key_path("/etc/pmta/dkim/default.pem") == "/etc/pmta/dkim/default.pem"
    with pytest.raises(ValueError, match="absolute"):
        parse_key_path(path)
