"""Reading and writing: nothing is lost, and nothing comes out that was not meant."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.rules.pmta_config.finding import Finding
from engine.rules.pmta_config.parse import Parsed, parse
from engine.rules.pmta_config.render import render
from engine.rules.pmta_config.tree import (
    Blank,
    Comment,
    Directive,
    Document,
    Ending,
    Malformed,
    Node,
    Section,
    unquoted,
)

# --- what is built

SAFE = st.text(
    st.characters(
        exclude_categories=["Cc", "Cf", "Zl", "Zp", "Zs", "Cs"], exclude_characters='#<>"/\ufffd'
    ),
    min_size=1,
    max_size=8,
)
VALUES = st.one_of(st.just(""), SAFE, st.tuples(SAFE, SAFE).map(" ".join), st.just('"a \\" b"'))
NOTES = st.none() | st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]))
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.just(Blank()),
    st.builds(Comment, NOTES.filter(lambda note: note is not None)),
    st.builds(Directive, SAFE, VALUES, NOTES),
)
TAGS = st.from_regex(r"[a-zA-Z][a-zA-Z-]{0,5}", fullmatch=True)


def _sections(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    inner = st.lists(children, max_size=4).map(tuple)
    ends = st.builds(Ending, st.just("") | SAFE, NOTES)
    return st.builds(Section, TAGS, st.just("") | SAFE, inner, NOTES, ends)


NODES = st.recursive(LEAVES, _sections, max_leaves=12)
DOCUMENTS = st.lists(NODES, max_size=6).map(lambda nodes: Document(tuple(nodes)))


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_what_was_built_is_read_back_as_it_was_meant(document: Document) -> None:
    parsed = parse(render(document))
    assert parsed.document == document
    assert all(finding.rule == "P2" for finding in parsed.findings)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=12),
    st.text(max_size=12),
    st.text(max_size=12),
    st.none() | st.text(max_size=12),
)
@example("host-name", "a\ninclude /etc/shadow", "x", None)
@example("host-name", "a", "x>\n<domain *", None)
@example("host-name", "a", "x", "c\nrun-as-root yes")
@example("host-name", "a # b", "x", None)
@example("host-name", "a\r", "x", None)
@example("a b", "c", "x", None)
@example("", "c", "x", None)
@example("</domain>", "", "x", None)
def test_a_hostile_text_is_refused_or_stays_in_its_place(
    name: str, value: str, argument: str, comment: str | None
) -> None:
    document = Document((Section("domain", argument, (Directive(name, value, comment),)),))
    try:
        text = render(document)
    except ValueError as refused:
        assert "cannot stand" in str(refused)
        return
    assert text.count("\n") == 3
    assert parse(text).document == document


def test_what_cannot_be_written_is_refused() -> None:
    for node in (
        Directive("a b"),
        Directive("host-name", "x # y"),
        Directive("x", "y "),
        Comment("a\nb"),
    ):
        with pytest.raises(ValueError, match="cannot stand in a PowerMTA configuration"):
            render(Document((node,)))


# --- what is read


@settings(max_examples=250, deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from('<domain> </ #\n\r\t/,"x'), max_size=60).map("".join)
)
@example("a\r\n<domain *> # c\r\n  x y\r\n</domain *>")
@example("<a>\n<b>\n</a>\nx")
@example("domain-macro m\n a,\n b\n")
def test_any_text_comes_out_byte_for_byte(text: str) -> None:
    for tolerant in (False, True):
        assert render(parse(text, tolerant=tolerant).document) == text


def test_a_file_is_read_line_by_line_with_its_comments() -> None:
    text = (
        "# ours\n\nHost-Name a.example\t# me\n"
        '<acct-file "/var/log/a b.csv">\n  records d, b\n</acct-file "/var/log/a b.csv"> #end\n'
    )
    nodes = parse(text, "config").document.nodes
    assert nodes == (
        Comment(" ours"),
        Blank(),
        Directive("Host-Name", "a.example", " me"),
        Section(
            "acct-file",
            '"/var/log/a b.csv"',
            (Directive("records", "d, b"),),
            None,
            Ending('"/var/log/a b.csv"', "end"),
        ),
    )
    section = nodes[3]
    assert isinstance(section, Section)
    assert (section.name, section.at, section.children[0].at.line) == (
        "/var/log/a b.csv",
        ("config", 4),
        5,
    )
    assert isinstance(nodes[2], Directive)
    assert nodes[2].key == "host-name"


def test_a_hash_begins_a_comment_even_within_quotes_and_expressions() -> None:
    first, second = parse('password "a#b"\nreply /x#y/ skip-mx\n').document.nodes
    assert first == Directive("password", '"a', 'b"')
    assert second == Directive("reply", "/x", "y/ skip-mx")


def test_a_line_that_is_an_expression_has_no_name() -> None:
    assert parse("/user unknown/ bad-mailbox").document.nodes == (
        Directive("", "/user unknown/ bad-mailbox"),
    )


def test_within_quotes_a_backslash_keeps_quotes_and_itself() -> None:
    assert unquoted(r'"say \"a\\b\""') == r'say "a\b"'
    assert unquoted('"') == '"'
    assert unquoted("a b") == "a b"


def test_what_closes_an_outer_section_closes_the_inner_ones_with_an_error() -> None:
    parsed = parse("<virtual-mta a>\n<domain *>\n</virtual-mta>\nx y\n")
    outer, after = parsed.document.nodes
    assert isinstance(outer, Section)
    assert outer.end is not None
    (inner,) = outer.children
    assert isinstance(inner, Section)
    assert inner.end is None
    assert after == Directive("x", "y")
    assert _told(parsed) == [("E1", "error", 2)]


def test_a_stray_closing_tag_is_kept_and_told() -> None:
    parsed = parse("a b\n</domain>\n")
    assert parsed.document.nodes[1] == Malformed("</domain>")
    assert _told(parsed) == [("E1", "error", 2)]


# --- lines that people broke

MACRO = "domain-macro isp a.example, # first\n   b.example,\n  c.example\nhost-name x.example\n"
BOUNCES = (
    "<bounce-category-patterns>\n/user\nunknown/ bad-mailbox\n/x/ y\n</bounce-category-patterns>\n"
)


def _told(parsed: Parsed) -> list[tuple[str, str, int]]:
    return [_short(finding) for finding in parsed.findings]


def _short(finding: Finding) -> tuple[str, str, int]:
    return finding.rule, finding.severity, finding.at.line


def test_the_tolerant_join_a_list_that_goes_on_after_a_comma() -> None:
    parsed = parse(MACRO, tolerant=True)
    assert parsed.document.nodes == (
        Directive("domain-macro", "isp a.example, b.example, c.example"),
        Directive("host-name", "x.example"),
    )
    assert _told(parsed) == [("P2", "warning", 1)]
    assert parsed.document.nodes[1].at.line == 4


def test_the_strict_read_each_line_for_itself_and_say_so() -> None:
    parsed = parse(MACRO)
    assert len(parsed.document.nodes) == 4
    assert _told(parsed) == [("P2", "error", 1), ("P2", "error", 2)]


def test_the_tolerant_join_a_list_that_begins_on_the_next_line() -> None:
    parsed = parse("domain-macro isp\na.example,b.example\n", tolerant=True)
    assert parsed.document.nodes == (Directive("domain-macro", "isp a.example,b.example"),)


def test_the_tolerant_join_an_expression_until_its_closing_slash() -> None:
    (section,) = parse(BOUNCES, tolerant=True).document.nodes
    assert isinstance(section, Section)
    assert section.children == (
        Directive("", "/user unknown/ bad-mailbox"),
        Directive("", "/x/ y"),
    )


def test_the_tolerant_join_a_word_that_a_terminal_tore() -> None:
    text = "<pattern-list p>\n  rcpt-to /not activa\nted/ x\n</pattern-list>"
    (section,) = parse(text, tolerant=True).document.nodes
    assert isinstance(section, Section)
    assert section.children == (Directive("rcpt-to", "/not activated/ x"),)


def test_a_list_ends_before_a_tag_a_comment_and_a_blank_line() -> None:
    for after in ("<domain *>\n</domain>\n", "# c\n", "\n", ""):
        nodes = parse(f"domain-macro isp a.example,\n{after}", tolerant=True).document.nodes
        assert nodes[0] == Directive("domain-macro", "isp a.example,")


def test_an_expression_that_never_closes_takes_no_other_lines() -> None:
    text = "<pattern-list p>\nrcpt-to /a\nx\ny\nz\nw\n</pattern-list>\n"
    (section,) = parse(text, tolerant=True).document.nodes
    assert isinstance(section, Section)
    assert len(section.children) == 5


def test_an_open_expression_does_not_run_into_the_closing_tag() -> None:
    (section,) = parse(
        "<pattern-list p>\nrcpt-to /a\n</pattern-list>", tolerant=True
    ).document.nodes
    assert isinstance(section, Section)
    assert section.end is not None
    assert section.children == (Directive("rcpt-to", "/a"),)
