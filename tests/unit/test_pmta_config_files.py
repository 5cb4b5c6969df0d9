"""Files as people wrote them, and a second reader which shares no code with ours."""

import tempfile
from pathlib import Path

import pytest

from engine.demo import node
from engine.demo.pmta_parser import ConfigError, Reader
from engine.demo.pmta_words import WORDS
from engine.rules.pmta_config.finding import Finding, Target
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.parse import parse
from engine.rules.pmta_config.render import render
from engine.rules.pmta_config.validate import errors, validate
from engine.rules.pmta_config.vocabulary import TAGS, words
from tests.support.pmta_config import NODE
from tests.unit.test_pmta_config_rules import RULES, Rule

FOLDER = Path(__file__).parent.parent / "data" / "pmta"
FILES = sorted(FOLDER.glob("*.config"))


def text_of(name: str) -> str:
    return (FOLDER / name).read_bytes().decode()


def judged(name: str, target: Target = "5.0") -> list[Finding]:
    config = of_text(text_of(name), name, tolerant=True)
    return validate(config, target=target, mode="imported", main=name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_is_read_without_loss_and_knows_no_word_that_we_do_not(path: Path) -> None:
    text = path.read_bytes().decode()
    assert render(parse(text).document) == text
    assert not {"E1", "E2", "E3", "P1"} & {one.rule for one in judged(path.name)}


def test_the_minimal_file_of_documented_syntax_has_nothing_against_it() -> None:
    config = of_text(text_of("minimal.config"))
    assert validate(config, main="config") == []
    assert errors(validate(config, target="4.5", main="config")) == []


def test_a_value_that_is_only_a_comment_is_told_as_left_out_on_its_line() -> None:
    """As in examples that people hand out: `password ## YOUR PASSWORD ##`."""
    text = text_of("minimal.config").replace('password "s3cret"', "password ## your own ##")
    line = text[: text.index("password ##")].count("\n") + 1
    found = validate(of_text(text), main="config")
    assert [(one.rule, one.at.line) for one in errors(found)] == [("E4", line)]


# --- the stand-in's reader


def loaded(text: str) -> str:
    """What the stand-in's reader has against it, or ""."""
    with tempfile.TemporaryDirectory() as root:
        Path(root, "config").write_bytes(text.encode())
        try:
            Reader(Path(root)).read("/config")
        except ConfigError as wrong:
            return str(wrong)
    return ""


def test_the_stand_in_loads_the_minimal_file() -> None:
    assert loaded(text_of("minimal.config")) == ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.rule}:{rule.good[:30]!r}")
def test_what_is_valid_for_us_the_stand_in_loads(rule: Rule) -> None:
    assert loaded(NODE + rule.good) == ""


SEEN_BY_BOTH = {"E1", "E2", "E3", "E4", "E6", "E7", "E8", "E9", "E18", "P1"}


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if rule.rule in SEEN_BY_BOTH and not rule.ours_alone],
    ids=lambda rule: f"{rule.rule}:{rule.bad[:30]!r}",
)
def test_what_is_wrong_for_us_the_stand_in_refuses_too(rule: Rule) -> None:
    assert loaded(NODE + rule.bad) != ""


def test_the_stand_ins_own_configuration_has_no_error() -> None:
    assert errors(validate(of_text(node.CONFIG), main="config")) == []


def test_both_know_the_same_directives() -> None:
    """The stand-in's list was made apart from ours."""
    for scope, kinds in WORDS.items():
        theirs = {word for names in kinds.values() for word in names.split()}
        ours = {name for name, word in words(scope).items() if not word.removed}
        assert ours - theirs <= {"smtp-source-ip"}, scope
        assert theirs - ours == set(), scope
    assert {tag for tag in TAGS if not words(tag)} == {"bounce-category-patterns"}
