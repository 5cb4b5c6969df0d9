"""Judges a configuration for one version of PowerMTA, by the rules of its User's Guides."""

from collections.abc import Iterator, Sequence

from engine.rules.pmta_config import (
    check_directives,
    check_names,
    check_patterns,
    check_tags,
    check_vmtas,
    check_whole,
    placeholders,
)
from engine.rules.pmta_config.finding import Finding, Mode, Target
from engine.rules.pmta_config.load import Config
from engine.rules.pmta_config.outline import outline
from engine.rules.pmta_config.tree import Directive, Malformed, Node, Place, Section


def validate(
    config: Config, *, target: Target = "5.0", mode: Mode = "ours", main: str = ""
) -> list[Finding]:
    """In the order in which PowerMTA reads.  ``main`` names a node's main file, of which more is
    asked; "" is one of several, whose names must all be its own."""
    found = outline(config.nodes)
    findings = [
        *config.findings,
        *_by_themselves(config.nodes, "global", mode, target),
        *check_names.check(found, mode),
        *check_vmtas.check(found),
        *check_whole.check(config.nodes, found, Place(main, 1) if main else None),
    ]
    files = {file: number for number, file in enumerate(config.files)}
    unique = dict.fromkeys(findings)  # a file that is included twice is wrong once
    return sorted(unique, key=lambda one: (files.get(one.at.file, 0), one.at.line))


def errors(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity == "error"]


def _by_themselves(
    nodes: Sequence[Node], scope: str, mode: Mode, target: Target
) -> Iterator[Finding]:
    for node in nodes:
        if isinstance(node, Section):
            yield from check_tags.check(node, scope, mode)
            yield from _by_themselves(node.children, node.key, mode, target)
        elif isinstance(node, Directive):
            yield from check_directives.check(node, scope, mode, target)
            yield from check_patterns.check(node, scope, target)
        elif isinstance(node, Malformed):
            placeholder = placeholders.found_in(node.text.partition("#")[0])
            if placeholder:
                yield from placeholders.told(node.at, placeholder)
