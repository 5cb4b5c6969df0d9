"""What somebody may have meant who wrote a name that is not known."""

import difflib
from collections.abc import Sequence


def meant(name: str, known: Sequence[str]) -> str:
    """The end of a sentence: "; did you mean `x`?", or what there is."""
    near = [one for one in known if _bare(one) == _bare(name)]
    if near or (near := difflib.get_close_matches(name, known, n=1)):
        return f"; did you mean `{near[0]}`?"
    return f"; there are {', '.join(known)}" if known else "; this takes none"


def _bare(name: str) -> str:
    """Alike in ``dailyQuota``, ``Daily-Quota`` and ``daily_quota``."""
    return "".join(filter(str.isalnum, name)).lower()
