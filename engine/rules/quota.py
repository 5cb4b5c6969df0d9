"""How people write how much a VirtualMTA may send: "50/day", "2/h", "unlimited"."""

import re

from engine.values.overlay import Quota

_QUOTA = re.compile(r"([0-9]{1,9})\s*/\s*(day|d|hour|h)")


def parse_quota(text: str) -> Quota | None:
    """None: no limit of theirs.  Raises ValueError."""
    word = text.strip().lower()
    if word in ("", "unlimited"):
        return None
    found = _QUOTA.fullmatch(word) if word.isascii() else None
    if found is None:
        raise ValueError(f"{text[:40]!r} is no quota; write 50/day, 2/h or unlimited")
    if int(found[1]) == 0:
        raise ValueError(
            "a quota of 0 stops nothing: to MailWizz it means unlimited, and PowerMTA knows no such"
            " rate; leave the VMTA out and it drains, or quarantine the address"
        )
    return Quota(int(found[1]), "day" if found[2][0] == "d" else "hour")


def written(quota: Quota | None) -> str:
    return "unlimited" if quota is None else f"{quota.messages}/{quota.per}"
