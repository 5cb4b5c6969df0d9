"""A main file with all that it includes, as one tree.  Reading is the caller's affair.

An include may stand at the global level and in source, domain, virtual-mta and smtp-pattern-list;
it names a file, a pattern with wildcards or an address (User's Guide 5.0, include).  Each file
closes what it opens.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from engine.rules.pmta_config import wildcards
from engine.rules.pmta_config.finding import Finding, error, warning
from engine.rules.pmta_config.parse import Parsed, parse
from engine.rules.pmta_config.tree import Directive, Document, Node, Place, Section, unquoted

FILES_MAX = 5000  # read while expanding; one that is included in two places counts twice

Read = Callable[[str], str | None]  # None: there is no such file
Glob = Callable[[str], Sequence[str]]
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NOT_OF_AN_ADDRESS = re.compile(r"[?#@]")
_ADDRESS_FIX = "Write http(s)://host[:port]/path, without a login, ? and #."


class Config(NamedTuple):
    nodes: tuple[Node, ...]  # behind each include stands what it brought
    files: Mapping[str, Document]  # each as it is in itself
    findings: tuple[Finding, ...] = ()


def load(main: str, read: Read, glob: Glob, *, tolerant: bool = False) -> Config:
    """Relative paths are beside ``main``.  Never fails: what is missing is among the findings."""
    text = read(main)
    if text is None:
        missing = error("E19", Place(main, 1), f"{main} cannot be read.", "Check its path.")
        return Config((), {}, (missing,))
    loader = _Loader(posixpath.dirname(main), read, glob, tolerant)
    nodes = loader.file(posixpath.normpath(main), text, "global", ())
    return Config(nodes, loader.files, tuple(loader.findings))


def of_text(text: str, file: str = "config", *, tolerant: bool = False) -> Config:
    """Of one file whose includes are left alone."""
    parsed = parse(text, file, tolerant=tolerant)
    return Config(parsed.document.nodes, {file: parsed.document}, parsed.findings)


class _Loader:
    def __init__(self, folder: str, read: Read, glob: Glob, tolerant: bool) -> None:
        self._folder, self._read, self._glob, self._tolerant = folder, read, glob, tolerant
        self._parsed: dict[tuple[str, str], Parsed] = {}
        self._left = FILES_MAX
        self.files: dict[str, Document] = {}
        self.findings: list[Finding] = []

    def file(self, path: str, text: str, inside: str, within: tuple[str, ...]) -> tuple[Node, ...]:
        known = self._parsed.get((path, inside))
        if known is None:
            known = parse(text, path, tolerant=self._tolerant, inside=inside)
            self._parsed[path, inside] = known
            self.findings += known.findings
            self.files[path] = known.document
        return self._expanded(known.document.nodes, inside, (*within, path))

    def _expanded(
        self, nodes: tuple[Node, ...], inside: str, within: tuple[str, ...]
    ) -> tuple[Node, ...]:
        found: list[Node] = []
        for node in nodes:
            if isinstance(node, Section):
                children = self._expanded(node.children, node.key, within)
                found.append(replace(node, children=children))
                continue
            found.append(node)
            if isinstance(node, Directive) and node.key == "include" and node.value:
                found += self._included(node, inside, within)
        return tuple(found)

    def _included(self, node: Directive, inside: str, within: tuple[str, ...]) -> Iterator[Node]:
        wanted = unquoted(node.value)
        if _ADDRESS.match(wanted):
            self.findings.append(
                warning(
                    "E19",
                    node.at,
                    f"{wanted} is fetched by PowerMTA itself; what it holds was not judged.",
                    "Include a file instead.",
                )
            )
            if _NOT_OF_AN_ADDRESS.search(wanted):
                self._wrong(node.at, f"{wanted} is no address to include.", _ADDRESS_FIX)
            return
        for path in self._paths(wanted):
            text = self._text(path, node.at, within)
            if text is not None:
                yield from self.file(path, text, inside, within)

    def _paths(self, wanted: str) -> Sequence[str]:
        """No file for a wildcard is no mistake: a folder may be empty."""
        path = posixpath.normpath(posixpath.join(self._folder, wanted))
        return self._glob(path) if wildcards.holds_one(wanted) else [path]

    def _text(self, path: str, at: Place, within: tuple[str, ...]) -> str | None:
        if path in within:
            self._wrong(at, f"{path} includes itself.", "Remove this include.")
            return None
        self._left -= 1
        if self._left < 0:
            if self._left == -1:
                self._wrong(at, f"There are more than {FILES_MAX} includes.", "Include less.")
            return None
        text = self._read(path)
        if text is None:
            self._wrong(at, f"{path} cannot be read.", "Write the file, or remove this include.")
        return text

    def _wrong(self, at: Place, message: str, fix: str) -> None:
        self.findings.append(error("E19", at, message, fix))
