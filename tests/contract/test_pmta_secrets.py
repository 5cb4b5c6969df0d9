"""Passwords and keys that lie on nodes, and the queues of one job."""

import pytest
from msgspec.structs import replace

from engine.adapters.dkim_keys import NewKeys
from engine.adapters.powermta import PmtaSsh
from engine.adapters.secrets_dir import SecretsDir
from engine.ids import EngineId, TenantId
from engine.ports import Fence, NodeFile, NodeRefused
from engine.rules.dkim.keys import deployed
from engine.rules.pmta_config import node_file, tenant_file
from engine.rules.pmta_config.tenant_file import digest
from engine.values.dkim_key import Algorithm
from engine.values.levers import Levers, PerDay
from engine.values.node_file import NodeOwn, OwnAccounting
from tests.support.node_bench import SshBench
from tests.support.pmta_files import (
    FIRST,
    LEADER,
    SECOND,
    VMTA,
    first,
    runs_the_first,
)
from tests.support.spec import ACME, IP, NODE, vmta

# --- passwords


async def test_a_password_is_in_the_nodes_copy_and_in_no_digest_backup_or_read_back(
    bench: SshBench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / VMTA).write_text("S3cret-of-one\n")
    hands = PmtaSsh(bench.ssh, EngineId("main"), SecretsDir(secrets))
    wish = {IP: replace(vmta(Levers("open", PerDay(50))), login=VMTA)}
    text, expect = tenant_file.render(ACME, wish), tenant_file.expected(ACME, wish)
    new = NodeFile(tenant=ACME, text=text, expect=expect)
    await hands.apply(NODE, new, before="", fence=LEADER)
    laid = bench.text(ACME)
    assert laid == text.replace(f"{{secret:{VMTA}}}", "S3cret-of-one") != text
    assert bench.path("acme.conf").stat().st_mode & 0o007 == 0
    assert await hands.read_back(NODE, ACME, [VMTA]) == (digest(text), expect)
    assert await hands.lies(NODE, ACME) == text.encode()
    await hands.apply(NODE, SECOND, before=digest(text), fence=LEADER)
    kept = [path.read_text() for path in bench.path(".backup").iterdir()]
    assert kept == [text]
    await hands.restore(NODE, new, before=digest(text), fence=LEADER)
    assert bench.text(ACME) == laid


async def test_a_password_that_went_missing_leaves_the_node_as_it_is(
    demo: SshBench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secrets = tmp_path_factory.mktemp("secrets")
    await first(demo)
    hands = PmtaSsh(demo.ssh, EngineId("main"), SecretsDir(secrets))
    wish = {IP: replace(vmta(Levers("open", PerDay(50))), login=VMTA)}
    new = NodeFile(
        tenant=ACME, text=tenant_file.render(ACME, wish), expect=tenant_file.expected(ACME, wish)
    )
    with pytest.raises(NodeRefused, match=f"cannot read the secret {secrets / VMTA}"):
        await hands.apply(NODE, new, before=digest(FIRST.text), fence=LEADER)
    assert await runs_the_first(demo)
    demo.edit(ACME, new.text.replace(f"{{secret:{VMTA}}}", "by-somebody-else"))
    found = await hands.lies(NODE, ACME)
    assert found is not None
    assert b"by-somebody-else" not in found
    with pytest.raises(NodeRefused, match="somebody edited it"):
        await hands.apply(NODE, SECOND, before=digest(FIRST.text), fence=LEADER)


@pytest.mark.parametrize("said", ["No such job.", "Job spring not found"])
async def test_a_job_of_which_nothing_waits_is_none_that_was_refused(
    demo: SshBench, said: str
) -> None:
    demo.stand_in.fault("pause job", "say", text=said)
    await demo.pmta.pause_job(NODE, "spring")


@pytest.mark.parametrize("said", ["", "paused job", "Error: pmtad is not running"])
async def test_only_the_very_words_hold_a_job(demo: SshBench, said: str) -> None:
    demo.stand_in.fault("pause job", "say", text=said)
    with pytest.raises(NodeRefused, match="was not obeyed") as refused:
        await demo.pmta.pause_job(NODE, "spring")
    assert refused.value.kind == "node"


async def test_an_option_is_no_job(demo: SshBench) -> None:
    with pytest.raises(ValueError, match="no job"):
        await demo.pmta.pause_job(NODE, "--all")


# --- keys of DKIM


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
async def test_a_key_lies_there_for_powermta_alone_and_is_the_one_whose_record_is_published(
    bench: SshBench, algorithm: Algorithm
) -> None:
    pair = await NewKeys().make(algorithm)
    path = await bench.pmta.lay_key(NODE, "acme--a.example--s1.pem", pair.private, fence=LEADER)
    assert path.endswith("/ee-main/keys/acme--a.example--s1.pem")
    laid = bench.path("keys/acme--a.example--s1.pem")
    assert laid.read_bytes() == pair.private
    assert laid.stat().st_mode & 0o777 == 0o640
    assert laid.stat().st_gid == bench.path("../config").stat().st_gid
    assert deployed(await bench.pmta.dkim_public(NODE, path)) == deployed(pair.public)
    other = await NewKeys().make(algorithm)
    assert other.public != pair.public
    await bench.pmta.lay_key(NODE, "acme--a.example--s1.pem", other.private, fence=LEADER)
    assert laid.read_bytes() == other.private
    for _ in range(2):
        await bench.pmta.remove_key(NODE, "acme--a.example--s1.pem", fence=LEADER)
        assert not laid.exists()


@pytest.mark.parametrize("name", ["../config", "a/b.pem", "", ".pem", "a.conf", "a\n.pem", "A.pem"])
async def test_a_key_is_laid_nowhere_else(demo: SshBench, name: str) -> None:
    with pytest.raises(NodeRefused, match="cannot be the name of a key"):
        await demo.pmta.lay_key(NODE, name, b"x", fence=LEADER)
    with pytest.raises(NodeRefused, match="cannot be the name of a key"):
        await demo.pmta.remove_key(NODE, name, fence=LEADER)
    with pytest.raises(NodeRefused, match="cannot be the name of a key"):
        await demo.pmta.copy_key(NODE, name, source=NODE, fence=LEADER)


async def test_a_key_is_copied_from_the_engines_own_folder_or_not_at_all(demo: SshBench) -> None:
    path = await demo.pmta.lay_key(NODE, "a.pem", b"x", fence=LEADER)
    assert await demo.pmta.copy_key(NODE, "a.pem", source=NODE, fence=LEADER) == path
    assert demo.path("keys/a.pem").read_bytes() == b"x"
    demo.path("../b.pem").write_bytes(b"y")
    with pytest.raises(NodeRefused, match=r"the key b\.pem does not lie there"):
        await demo.pmta.copy_key(NODE, "b.pem", source=NODE, fence=LEADER)
    assert not demo.path("keys/b.pem").exists()


async def test_a_key_is_laid_by_who_leads(demo: SshBench) -> None:
    await first(demo)
    with pytest.raises(NodeRefused, match="another process leads"):
        await demo.pmta.lay_key(NODE, "a.pem", b"x", fence=Fence(1, "before"))
    assert not demo.path("keys").exists()


async def test_the_nodes_own_file_lies_beside_a_tenants_and_both_are_read(demo: SshBench) -> None:
    await first(demo)
    own = NodeOwn(OwnAccounting("/var/log/pmta/ee-main.csv", "/var/log/pmta/ee"))
    text = node_file.made(own).text
    new = NodeFile(tenant=TenantId(""), text=text, expect=())
    await demo.pmta.apply(NODE, new, before="", fence=LEADER)
    assert demo.path("_node.conf").read_text() == text
    assert await demo.pmta.read_back(NODE, TenantId(""), []) == (digest(text), ())
    assert await runs_the_first(demo)
