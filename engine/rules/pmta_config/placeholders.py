"""What other programs would have replaced before PowerMTA read the file."""

import re
from collections.abc import Iterator

from engine.rules.pmta_config.finding import Finding, error
from engine.rules.pmta_config.tree import Place

_PLACEHOLDER = re.compile(r"\{\{.*?(?:\}\}|$)|\$\{[^}]{0,200}\}|__[A-Z][A-Z0-9_]*__|\{%.*|<%.*")
_VARIABLE = re.compile(r"\$[A-Za-z_]\w*")
# Templates of notices, and a program's command line, are filled in by PowerMTA itself.
_FILLED_IN = {"command", "dsn-failed-from-template", "dsn-failed-subject-template"}


def found_in(text: str, key: str = "") -> str:
    """The first placeholder, or ""."""
    found = None if key in _FILLED_IN else _PLACEHOLDER.search(text)
    return found[0] if found else ""


def variable(text: str) -> str:
    """``$name`` is a placeholder wherever it is no domain-macro."""
    found = _VARIABLE.search(text)
    return found[0] if found else ""


def told(at: Place, placeholder: str) -> Iterator[Finding]:
    yield error(
        "P4",
        at,
        f"{placeholder} is a placeholder of a template, which was not filled in.",
        "Judge the file that the template makes.",
    )
