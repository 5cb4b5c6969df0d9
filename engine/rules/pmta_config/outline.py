"""What a whole configuration defines, gathered in one pass for the rules that look across it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine.rules.pmta_config.tree import Directive, Node, Section

Fold = Callable[[str], str]  # what makes two spellings of a name one


class Seen(NamedTuple):
    """A directive and the sections around it, outermost first."""

    directive: Directive
    around: tuple[Section, ...]

    @property
    def scope(self) -> str:
        return self.around[-1].key if self.around else "global"


class Outline(NamedTuple):
    sections: dict[str, list[Section]]  # by tag, wherever they stand
    top: dict[str, list[Section]]  # by tag, at the global level
    directives: dict[str, list[Seen]]  # by name
    order: list[Node]  # sections and directives as they are read

    def of(self, tag: str) -> Sequence[Section]:
        return self.sections.get(tag, ())

    def named(self, tag: str, fold: Fold = str.lower) -> dict[str, list[Section]]:
        """Of the global level, by name."""
        found: dict[str, list[Section]] = {}
        for section in self.top.get(tag, ()):
            found.setdefault(fold(section.name), []).append(section)
        return found

    def all(self, name: str, *scopes: str) -> Iterator[Seen]:
        for seen in self.directives.get(name, ()):
            if not scopes or seen.scope in scopes:
                yield seen

    def vmtas_and_pools(self, fold: Fold) -> set[str]:
        return self.named("virtual-mta", fold).keys() | self.named("virtual-mta-pool", fold).keys()


def where(node: Section | Directive) -> str:
    return f"line {node.at.line} of {node.at.file}"


def outline(nodes: Sequence[Node]) -> Outline:
    found = Outline({}, {}, {}, [])
    _gather(found, nodes, ())
    return found


def _gather(found: Outline, nodes: Sequence[Node], around: tuple[Section, ...]) -> None:
    for node in nodes:
        if isinstance(node, Section):
            found.order.append(node)
            found.sections.setdefault(node.key, []).append(node)
            if not around:
                found.top.setdefault(node.key, []).append(node)
            _gather(found, node.children, (*around, node))
        elif isinstance(node, Directive):
            found.order.append(node)
            found.directives.setdefault(node.key, []).append(Seen(node, around))
