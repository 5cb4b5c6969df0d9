"""Which files an ``include`` with wildcards names.

As a shell finds them: a wildcard goes over no slash, and what begins with a dot is not meant by it
(the User's Guide 5.0 says no more than that wildcards may be used).
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

Names = Callable[[str], Sequence[str]]  # of what is in a folder, without its path
_WILDCARD = re.compile(r"[*?\[]")


def holds_one(path: str) -> bool:
    return bool(_WILDCARD.search(path))


def matching(pattern: str, names: Names) -> list[str]:
    """In the order of their names; of what does not exist, none.  No folder is looked into but
    those in which a wildcard may find something."""
    parts = pattern.split("/")
    first = next((at for at, part in enumerate(parts) if holds_one(part)), len(parts))
    found = ["/".join(parts[:first]) or ("/" if first else "")]
    for part in parts[first:]:
        found = [
            posixpath.join(folder, name) for folder in found for name in _fit(part, names(folder))
        ]
    return found


def _fit(part: str, names: Sequence[str]) -> list[str]:
    if not holds_one(part):
        return [part] if part in names else []
    hidden = part.startswith(".")
    return sorted(
        name for name in names if fnmatchcase(name, part) and name.startswith(".") == hidden
    )
