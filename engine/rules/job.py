"""Which names of jobs may be given to PowerMTA's command line.

They come from the header ``X-Job`` of messages, which whoever injects them chooses.  Counts cut
longer ones, so those are names of nothing.
"""

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=-]{0,98}")


def pausable(job: str) -> bool:
    return bool(_NAME.fullmatch(job))


def parse_job(text: str) -> str:
    """Raises ValueError."""
    if not pausable(text):
        raise ValueError(
            f"{text[:40]!r} is no job that can be paused: up to 99 ASCII letters, digits and"
            " . _ : + = - without blanks, the first a letter or digit"
        )
    return text
