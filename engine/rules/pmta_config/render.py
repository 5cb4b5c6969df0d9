"""Writes a tree as text, and takes nothing for granted: what it wrote is read again."""

from collections.abc import Iterator, Sequence

from engine.rules.pmta_config.parse import parse
from engine.rules.pmta_config.tree import (
    Blank,
    Comment,
    Directive,
    Document,
    Malformed,
    Node,
    Section,
)

INDENT = "  "


def render(document: Document) -> str:
    """What was read comes out as it was; what was built ends its last line.

    Raises ValueError if the text would not be read as the tree that was meant.
    """
    text = "\n".join(_lines(document.nodes, 0))
    if document.nodes and document.ended:
        text += "\n"
    # A statement of several lines is read as one only by the tolerant.
    if not any(parse(text, tolerant=how).document == document for how in (False, True)):
        raise ValueError("the tree holds a text that cannot stand in a PowerMTA configuration")
    return text


def _lines(nodes: Sequence[Node], depth: int) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Section):
            yield from _section(node, depth)
        else:
            yield node.text if node.text is not None else _line(node, depth)


def _line(node: Blank | Comment | Directive | Malformed, depth: int) -> str:
    indent = INDENT * depth
    match node:
        case Blank():
            return ""
        case Comment():
            return f"{indent}#{node.comment}"
        case Directive():
            words = f"{node.name} {node.value}".strip(" ")
            return f"{indent}{words}{_comment(node.comment)}"
        case Malformed():
            return node.text


def _section(node: Section, depth: int) -> Iterator[str]:
    opening = f"{INDENT * depth}<{f'{node.tag} {node.argument}'.rstrip(' ')}>"
    yield node.text if node.text is not None else opening + _comment(node.comment)
    yield from _lines(node.children, depth + 1)
    if node.end:
        closing = f"</{f'{node.tag} {node.end.argument}'.rstrip(' ')}>"
        line = f"{INDENT * depth}{closing}{_comment(node.end.comment)}"
        yield node.end.text if node.end.text is not None else line


def _comment(comment: str | None) -> str:
    return "" if comment is None else f" #{comment}"
