"""What changed, in words for people."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.pmta_config.diff import diff
from engine.rules.pmta_config.parse import parse


def changes(before: str, after: str) -> list[tuple[str, str]]:
    found = diff(parse(before).document.nodes, parse(after).document.nodes)
    return [(one.where, one.text) for one in found]


def vmta(name: str, *lines: str) -> str:
    return "\n".join([f"<virtual-mta {name}>", *lines, "</virtual-mta>\n"])


def test_a_changed_rate_is_told_with_both_values() -> None:
    before, after = vmta("a", "max-smtp-msg-rate 50/d"), vmta("a", "max-smtp-msg-rate 200/d")
    assert changes(before, after) == [("virtual-mta a", "max-smtp-msg-rate 50/d became 200/d")]


def test_an_added_vmta_is_told_with_what_it_holds() -> None:
    new = vmta("b", "max-smtp-msg-rate 50/d", "<domain x>", "max-smtp-out 1", "</domain>")
    assert changes(vmta("a"), vmta("a") + new) == [
        ("virtual-mta b", "added"),
        ("virtual-mta b", "max-smtp-msg-rate 50/d added"),
        ("virtual-mta b / domain x", "added"),
        ("virtual-mta b / domain x", "max-smtp-out 1 added"),
    ]


def test_a_removed_vmta_is_told_alone() -> None:
    assert changes(vmta("a") + vmta("b", "host-name x"), vmta("a")) == [
        ("virtual-mta b", "removed")
    ]


def test_members_of_a_pool_come_and_go() -> None:
    before = "<virtual-mta-pool p>\nvirtual-mta a\nvirtual-mta b\n</virtual-mta-pool>\n"
    after = before.replace("mta a", "mta c")
    assert changes(before, after) == [
        ("virtual-mta-pool p", "virtual-mta a removed"),
        ("virtual-mta-pool p", "virtual-mta c added"),
    ]
    turned = "<virtual-mta-pool p>\nvirtual-mta b\nvirtual-mta a\n</virtual-mta-pool>\n"
    assert changes(before, turned) == [("virtual-mta-pool p", "virtual-mta: the order changed")]


def test_comments_blanks_and_the_order_of_sections_say_nothing() -> None:
    after = "# c\n\n" + vmta("b", "  HOST-NAME   y # z") + vmta("a")
    assert changes(vmta("a") + vmta("b", "host-name y"), after) == []


def test_sections_of_one_name_are_one() -> None:
    one = "<domain *>\nmax-smtp-out 1\nretry-after 1m\n</domain>\n"
    two = "<domain *>\nmax-smtp-out 1\n</domain>\n<domain *>\nretry-after 1m\n</domain>\n"
    assert changes(one, two) == []


def test_secrets_are_never_shown() -> None:
    user = "<smtp-user u>\npassword {}\n</smtp-user>\n"
    assert changes(user.format("old1"), user.format("new1")) == [
        ("smtp-user u", "password changed")
    ]
    assert changes("", "http-api-key k1\n") == [("", "http-api-key … added")]
    name = "smtp-server-tls-certificate /c.pem {}\n"
    assert changes(name.format("old1"), name.format("new1")) == [
        ("", "smtp-server-tls-certificate changed")
    ]
    text = str(changes("", name.format("pw1")))
    assert "/c.pem …" in text
    assert "pw1" not in text


def test_what_needs_a_restart_is_marked() -> None:
    nodes = parse("run-as-root no\nlog-rotate 8\n").document.nodes
    assert [(one.text, one.restart) for one in diff((), nodes)] == [
        ("run-as-root no added", True),
        ("log-rotate 8 added", False),
    ]


LINES = st.sampled_from(["max-smtp-out 1", "max-smtp-out 2", "host-name x", "# c", ""])
TEXTS = st.lists(
    st.builds(lambda name, lines: vmta(name, *lines), st.sampled_from("abc"), st.lists(LINES)),
    max_size=4,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_nothing_is_told_of_a_text_and_itself_and_as_much_in_both_directions(
    before: str, after: str
) -> None:
    assert changes(before, before) == []
    assert bool(changes(before, after)) == bool(changes(after, before))
