"""How the stand-in reads what is done about replies (User's Guide 5.0r5, smtp-pattern-list)."""

import re

# Patterns are PCRE; of what only PCRE knows the stand-in cannot say whether it is right.
PCRE_ONLY = re.compile(r"\[\[:|\(\?(?:[|<&P>]|-?[imsx]+\))|\\[hHQERKvV]")
LINE = re.compile(r"/((?:\\.|[^/\\])+)/ (\S+)")
ALONE = {"mode=normal", "mode=backoff", "skip-mx", "bounce-queue", "bounce-rcpt", "defer-queue",
         "disable-source-ip"}  # fmt: skip
LATER = re.compile(r"(backoff-to-normal-after|reenable-after)=([0-9]+[wdhms])+")


def wrong(name: str, value: str) -> str:
    """The reason, in the stand-in's words; "" = it is well."""
    found = LINE.fullmatch(value)
    if name != "reply":
        return "unknown directive"
    if found is None:
        return f"invalid argument {value!r}"
    try:
        re.compile(found[1], re.IGNORECASE)
    except re.error as bad:
        if not PCRE_ONLY.search(found[1]):
            return f"invalid regular expression: {bad}"
    unknown = [one for one in found[2].split(",") if one not in ALONE and not LATER.fullmatch(one)]
    return f"unknown action {unknown[0]!r}" if unknown else ""
