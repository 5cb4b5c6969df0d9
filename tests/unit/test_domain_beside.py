"""What a look finds beside the DNS: keys on nodes, and the names that these say."""

from engine.ids import IpAddr, NodeId
from engine.rules import domain_beside, domain_standing
from engine.values.finding import Finding
from engine.values.ptr_report import PtrIp, PtrReport
from engine.values.sending_domain import Beside, DeployedKey, Greeting
from tests.support.domain_looks import validation
from tests.support.spec import HOSTNAME, IP, NODE

OTHER = NodeId("pmta-2")
PTR = PtrReport(
    valid=True,
    status="ok",
    scope="ips",
    ips=(PtrIp(ip=IP, result="pass", names=(HOSTNAME,), confirmed=(HOSTNAME,)),),
)


def found(*seen: DeployedKey | Greeting) -> list[Finding]:
    keys = tuple(one for one in seen if isinstance(one, DeployedKey))
    greetings = tuple(one for one in seen if isinstance(one, Greeting))
    return list(domain_beside.findings(Beside(keys=keys, greetings=greetings), PTR))


def key(node: NodeId, text: str, selector: str = "default") -> DeployedKey:
    return DeployedKey(node=node, selector=selector, key=text)


def greeting(name: str, ip: IpAddr = IP) -> Greeting:
    return Greeting(node=NODE, ips=(ip,), name=name)


def test_the_same_key_everywhere_is_nothing_to_tell() -> None:
    assert found(key(NODE, "AAAA"), key(OTHER, "AAAA")) == []


def test_different_keys_under_one_selector_cannot_both_be_published() -> None:
    (finding,) = found(key(NODE, "AAAA"), key(OTHER, "BBBB"))
    assert (finding.code, finding.severity, finding.subject) == (
        "dkim.nodes_differ",
        "error",
        "default",
    )


def test_different_keys_under_different_selectors_are_as_they_should_be() -> None:
    assert found(key(NODE, "AAAA"), key(OTHER, "BBBB", "second")) == []


def test_a_key_that_cannot_be_read_is_told_and_is_no_failure() -> None:
    unread = DeployedKey(node=NODE, selector="default", why="no private key can be read")
    (finding,) = found(unread)
    assert (finding.code, finding.severity) == ("dkim.key_unread", "warning")


def test_a_silent_node_says_nothing_of_its_key() -> None:
    silent = DeployedKey(node=NODE, selector="default", why="no answer in time", silent=True)
    (finding,) = found(silent, key(OTHER, "AAAA"))
    assert (finding.code, finding.severity) == ("dkim.key_unknown", "unknown")


def test_the_first_key_that_was_read_is_compared_with_the_published_one() -> None:
    unread = DeployedKey(node=NODE, selector="default", why="no")
    seen = (unread, key(OTHER, "BBBB"), key(NodeId("pmta-3"), "CCCC"))
    assert domain_beside.first_keys(seen) == {"default": "BBBB"}


def test_a_name_of_none_of_its_addresses_is_information() -> None:
    (finding,) = found(greeting("mta1.acme.example"))
    assert (finding.code, finding.severity, finding.subject) == ("ptr.greeting", "info", NODE)
    assert HOSTNAME in finding.message


def test_a_name_that_is_an_addresss_or_cannot_be_compared_is_not_told() -> None:
    assert found(greeting(HOSTNAME)) == []
    assert found(greeting("mta1.acme.example", IpAddr("203.0.113.99"))) == []
    assert found(Greeting(node=NODE, ips=(IP,), why="nobody listens")) == []


def test_an_error_beside_the_dns_makes_its_part_invalid_and_no_other() -> None:
    report = validation().report
    seen = Beside(keys=(key(NODE, "AAAA"), key(OTHER, "BBBB")))
    verdicts = domain_standing.verdicts(report, seen)
    assert [part for part, valid in verdicts.items() if valid is False] == ["dkim"]
    (error,) = domain_standing.errors(report, seen, "dkim")
    assert error.code == "dkim.nodes_differ"
