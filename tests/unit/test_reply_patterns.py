"""What people choose to be done about replies: harmless in the file, and cheap in PowerMTA."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.demo import node
from engine.demo.pmta_parser import Reader
from engine.ids import IpAddr
from engine.rules.pmta_config import build, reply_regex, tenant_file
from engine.rules.pmta_config.parse import parse
from engine.rules.pmta_config.tree import Directive, Section
from engine.rules.reply_patterns import parse_list
from engine.values.levers import Levers, PerDay
from engine.values.overlay import Chosen
from engine.values.patterns import Action, Pattern, PatternList
from engine.values.vmta import Vmta
from tests.support.spec import ACME

ACTIONS: tuple[Action, ...] = ("backoff", "normal", "skip-mx", "disable-source-ip", "defer-queue")
# What such a file is made of, so that chance finds the harmful orders of it.
PIECES = st.sampled_from([
    *(r"\b", r"\.", r"\d", r"\x23", r"\/", "\\", "[a-z]", "[^ ]", "[", "]", "(?:", "(", ")"),
    *("|", "^", "$"),
    *("*", "+", "?", "{2}", "{1,3}", "{", "}", "listed", "421", " ", "/", "#", '"', "<", ">", "$x"),
    *("\n", "\r", "\x85", "\u2028", "\t", "\0", "ü", "include /etc/passwd", "</smtp-pattern-list>"),
    *("{secret:acme-1}", "__X__", "${X}", "mode=normal", "@", ","),
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=20)


def file_with(*patterns: Pattern) -> tenant_file.Made:
    lists = {"*": PatternList("common", patterns)}
    one = Vmta("m", "a.example", Levers("open", PerDay(5)), Chosen(patterns=lists))
    return tenant_file.made(ACME, {IpAddr("192.0.2.1"): one})


@settings(max_examples=400)
@given(TEXTS, st.sampled_from(ACTIONS))
def test_a_text_is_refused_or_stands_in_the_file_as_this_one_expression(
    text: str, action: Action
) -> None:
    plain = file_with(Pattern("listed", action))
    made = file_with(Pattern(text, action))
    if not made.text:
        assert made.wrong
        return
    assert made.text == plain.text.replace("/listed/", f"/{text}/")
    first = parse(made.text).document.nodes[0]
    assert isinstance(first, Section)
    (reply,) = first.children
    assert isinstance(reply, Directive)
    assert (reply.key, reply.comment) == ("reply", None)
    assert reply.value.startswith(f"/{text}/ ")
    re.compile(text)


def test_the_stand_in_reads_the_same_of_it(tmp_path: Path) -> None:
    """Its reader is written apart from ours."""
    (tmp_path / "etc/pmta").mkdir(parents=True)
    made = file_with(*(Pattern(rf"^4\d\d.*{action}", action) for action in ACTIONS))
    (tmp_path / "etc/pmta/config").write_text(node.CONFIG + made.text)
    assert Reader(tmp_path).read("/etc/pmta/config").replies == {"acme--common"}


@pytest.mark.parametrize(
    "text",
    [
        r"generating high volumes.* complaints",
        r"^421 4\.7\.\d+",
        r"\b(black|block) ?list",
        r"too many (?:connections|messages) from \[?[0-9.]+",
        r"see http:\x2f\x2f",
        r"mail.live.com\/mail\/troubleshooting.aspx",
        "100%, a: b; c!",
        "|".join("abcdefghij" * 5),
        "(a|b)" * 6,
        "a?" * 6,
        "(black|block) ?listed.*by",
        "(black|block)listed [0-9]+ by [a-z]+",
    ],
)
def test_what_operators_write_is_taken(text: str) -> None:
    assert reply_regex.checked(text) == text
    made = file_with(Pattern(text, "backoff"))
    assert made.text
    assert not made.wrong


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" listed", "blank at its ends"),
        ("a" * 121, "at most 120 characters"),
        ("a#b", r"write \x23"),
        ("a/b", r"write \x2f"),
        ("a\nb", r"write \x0a"),
        ("a\n", r"write \x0a"),
        ("verbündet", "only ASCII"),
        ("bob@a.example", "no address of a person"),
        ("{secret:acme-1}", "'{' at character 1 is not understood"),
        ("a\\", "is not understood"),
        (r"\Qa", "is not understood"),
        (r"(a)\1", "is not understood"),
        ("[[:alpha:]]", "is not understood"),
        ("(a", "no regular expression"),
        ("(a+)+", "groups cannot be repeated"),
        ("(?=a)b", "groups cannot be repeated"),
        ("a*+", "repeats no single character"),
        (".*.*.*x", "repeats too much"),
        ("a{0,64}" * 3, "repeats too much"),
        ("(|)" * 39 + "x", "549,755,813,888 ways"),
        ("|" * 64, "65 ways"),
        ("(a|a)" * 7, "128 ways"),
        ("((a|b)(c|d)|e)" * 3, "125 ways"),
        ("(a|b)" * 3 + "a?" * 4, "128 ways"),
        ("(a|b)" * 3 + ".*b+", "128 ways"),
        ("a?" * 9, "repeats too much"),
        ("a{65}", "counts to more than 64"),
        ("a{1,65}", "counts to more than 64"),
    ],
)
def test_what_could_harm_the_file_or_the_node_is_refused_with_a_remedy(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        reply_regex.checked(text)
    with pytest.raises(ValueError, match=re.escape(why)):
        build.reply(text, "mode=backoff")
    assert why in file_with(Pattern(text, "backoff")).wrong


def test_an_action_that_nobody_knows_is_not_written() -> None:
    made = file_with(Pattern("listed", "bounce-queue"))  # type: ignore[arg-type]
    assert "bounce-queue" in made.wrong


def test_a_name_stands_for_one_list_in_a_file() -> None:
    lists = [PatternList("common", (Pattern(text, "backoff"),)) for text in ("one", "two")]
    vmtas = {
        IpAddr(f"192.0.2.{n}"): Vmta(
            "m", f"m{n}.example", Levers("open", PerDay(5)), Chosen(patterns={"*": one})
        )
        for n, one in enumerate(lists, 1)
    }
    assert "common is the name of two pattern lists" in tenant_file.made(ACME, vmtas).wrong


def test_how_long_an_action_lasts_is_said_only_of_those_that_last() -> None:
    text = file_with(Pattern("listed", "skip-mx"), Pattern("slow", "backoff")).text
    assert "backoff-to-normal-after 60m\n" in text
    assert "reenable" not in text


@pytest.mark.parametrize(
    ("name", "texts", "minutes", "why"),
    [
        ("common", ["listed", "a#b"], 60, "pattern 2: "),
        ("common", [], 60, "1 to 20 patterns, not 0"),
        ("common", ["listed"] * 21, 60, "not 21"),
        ("common", ["listed"], 4, "lasts 5 to 1440 minutes, not 4"),
        ("a--b", ["listed"], 60, "a--b"),
    ],
)
def test_a_list_that_cannot_be_says_why(
    name: str, texts: list[str], minutes: int, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        parse_list(name, [Pattern(one, "backoff") for one in texts], minutes)
