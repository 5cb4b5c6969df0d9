"""The files that the engine writes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ids import IpAddr, TenantId
from engine.rules.pmta_config import build, node_tree, tenant_file, tenant_tree
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.render import render
from engine.rules.pmta_config.tenant_tree import Key, Sender
from engine.rules.pmta_config.validate import validate
from engine.values.levers import Levers, PerDay
from engine.values.vmta import Vmta
from tests.unit.test_pmta_config import HOSTILE, parsed

FINE = {"*", "ok.example"}  # somewhere
ACME = TenantId("acme")
FULL = Sender(
    "192-0-2-1",
    "192.0.2.1",
    "mail1.acme.example",
    "50/d",
    [Key("s1", "*", "/etc/pmta/keys/all.pem"), Key("s1", "acme.example", "/etc/pmta/keys/a.pem")],
    {
        "gmail.com": {"max-smtp-out": "5", "max-msg-rate": "100/h"},
        "*": {"retry-after": "10m,20m,1h"},
    },
    "acme-1",
)
TEXT = """\
<virtual-mta acme--192-0-2-1>
  smtp-source-host 192.0.2.1 mail1.acme.example
  max-smtp-msg-rate 50/d
  domain-key s1,acme.example,/etc/pmta/keys/a.pem
  domain-key s1,*,/etc/pmta/keys/all.pem
  <domain *>
    retry-after 10m,20m,1h
  </domain>
  <domain gmail.com>
    max-msg-rate 100/h
    max-smtp-out 5
  </domain>
</virtual-mta>
<virtual-mta-pool acme--marketing>
  virtual-mta acme--192-0-2-1
</virtual-mta-pool>
<source acme--192-0-2-1>
  always-allow-relaying yes
  default-virtual-mta acme--192-0-2-1
  process-x-virtual-mta no
  process-x-job yes
</source>
<smtp-user acme--192-0-2-1>
  password {secret:acme-1}
  source acme--192-0-2-1
</smtp-user>
"""


def test_a_tenants_file_holds_vmtas_keys_limits_pools_and_a_login_for_each_address() -> None:
    pools = {"marketing": ["192-0-2-1"], "empty": []}
    text = render(tenant_tree.document(ACME, [FULL], pools))
    assert text == TEXT
    assert validate(of_text(text)) == []
    found = parsed(text)
    assert found.pools == {"acme--marketing": ["acme--192-0-2-1"]}
    assert found.vmtas["acme--192-0-2-1"]["keys"] == [
        ["s1", "acme.example", "/etc/pmta/keys/a.pem"],
        ["s1", "*", "/etc/pmta/keys/all.pem"],
    ]


def test_without_a_secret_nobody_logs_in() -> None:
    text = render(tenant_tree.document(ACME, [FULL._replace(secret="")], {}))
    assert text == TEXT[: TEXT.index("<virtual-mta-pool")]


def test_a_name_stands_for_one_thing_and_a_pool_for_what_there_is() -> None:
    with pytest.raises(ValueError, match="192-0-2-1 is the name of two"):
        tenant_tree.document(ACME, [FULL, FULL], {})
    with pytest.raises(ValueError, match="192-0-2-1 is the name of two"):
        tenant_tree.document(ACME, [FULL], {"192-0-2-1": []})
    with pytest.raises(ValueError, match="other is in a pool"):
        tenant_tree.document(ACME, [FULL], {"marketing": ["other"]})


@pytest.mark.parametrize("text", [one for one in HOSTILE if one not in FINE])
def test_a_hostile_word_comes_into_no_place_of_the_file(text: str) -> None:
    key = FULL.keys[0]
    senders = [
        FULL._replace(name=text),
        FULL._replace(ip=text),
        FULL._replace(hostname=text),
        FULL._replace(secret=text or " "),
        FULL._replace(rate=text or " "),
        FULL._replace(limits={text: {"max-smtp-out": "5"}}),
        FULL._replace(limits={"*": {text: "5"}}),
        FULL._replace(limits={"*": {"max-smtp-out": text}}),
        FULL._replace(keys=[key._replace(selector=text)]),
        FULL._replace(keys=[key._replace(domain=text)]),
        FULL._replace(keys=[key._replace(path=text)]),
    ]
    assert all(_refused(sender) for sender in senders)
    assert _refused(FULL, pool=text)
    assert _refused(FULL, tenant=text)


def test_an_address_is_no_host_name_and_a_word_no_address() -> None:
    assert _refused(FULL._replace(hostname="192.0.2.1"))
    assert _refused(FULL._replace(ip="mail1.acme.example"))
    assert _refused(FULL._replace(ip="192.0.2.0/24"))
    assert not _refused(FULL._replace(ip="2001:db8::1"))


def _refused(sender: Sender, pool: str = "marketing", tenant: str = "acme") -> bool:
    try:
        render(tenant_tree.document(TenantId(tenant), [sender], {pool: [sender.name]}))
    except ValueError:
        return True
    return False


def test_what_is_deprecated_misplaced_or_mistyped_is_not_written() -> None:
    for name, value in (
        ("max-msg-per-hour", "5"),
        ("dk-sign", "yes"),
        ("smtp-tls-allow-sslv3", "no"),
        ("max-smtp-msg-rate", "5/d"),
        ("max-smtp-out", "many"),
        ("max-msg-rate", "0/h"),
        ("max-smtp-out", ""),
    ):
        with pytest.raises(ValueError, match=f"{name} "):
            build.directive("domain", name, value)
    with pytest.raises(ValueError, match="no tag"):
        build.section("bind", "x", ())


HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,9}(\.[a-z][a-z0-9-]{0,9}){0,2}", fullmatch=True)
FLEETS = st.dictionaries(
    st.ip_addresses().map(lambda ip: IpAddr(ip.compressed)),
    st.tuples(HOSTS, st.integers(1, 10**6)),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(FLEETS)
def test_both_renderers_of_a_tenants_file_write_the_same_where_both_can(
    fleet: dict[IpAddr, tuple[str, int]],
) -> None:
    vmtas = {
        ip: Vmta("marketing", host, Levers("open", PerDay(cap)))
        for ip, (host, cap) in fleet.items()
    }
    names = {ip: tenant_file.vmta(ACME, ip).removeprefix("acme--") for ip in sorted(vmtas)}
    senders = [Sender(names[ip], ip, fleet[ip][0], f"{fleet[ip][1]}/d") for ip in names]
    pools = {"marketing": [names[ip] for ip in tenant_file.pool_members(vmtas)]}
    ours = render(tenant_tree.document(ACME, senders, pools))
    assert ours == tenant_file.render(ACME, vmtas)
    assert validate(of_text(ours)) == []


def test_the_nodes_file_names_the_fields_of_its_accounting() -> None:
    accounting = node_tree.Accounting(
        "/var/log/pmta/ee/acct.csv", "/var/log/pmta/ee/done", records=("d", "b")
    )
    text = render(node_tree.document(accounting))
    assert text == (
        "<acct-file /var/log/pmta/ee/acct.csv>\n"
        "  records d,b\n"
        "  record-fields d *,header_X-Campaign\n"
        "  record-fields b *,header_X-Campaign\n"
        "  move-to /var/log/pmta/ee/done\n"
        "  move-interval 5m\n"
        "  max-size 50M\n"
        "  delete-after 8d\n"
        "</acct-file>\n"
    )
    assert validate(of_text(text)) == []
    with pytest.raises(ValueError, match="cannot be a word"):
        node_tree.document(accounting._replace(move_to="/a b"))
