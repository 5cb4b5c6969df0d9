"""Statements that people broke over lines: seen in five public configurations, in no guide.

A list goes on after a comma at the end of a line, a domain-macro's begins on the next one, and a
regular expression runs until its closing slash.
"""

import re

LINES_MAX = 5000  # of one statement; domain-macro lists of more than a hundred names are real
REGEX_LINES_MAX = 4
_WITH_REGEX = {
    "bounce-category-patterns": re.compile(r"\s*(/)"),
    "smtp-pattern-list": re.compile(r"\s*reply\s+(/)", re.IGNORECASE),
    "pattern-list": re.compile(r"\s*(?:mail-from|rcpt-to|header\s+\S+)\s+(/)", re.IGNORECASE),
}
_MACRO = re.compile(r"\s*domain-macro\s+\S+\s*", re.IGNORECASE)
_SLASH = re.compile(r"(?:[^/\\]|\\.)*/", re.DOTALL)


def may_go_on(line: str, inside: str) -> bool:
    """False where ``lines_of`` need not be asked, which most lines are."""
    return "," in line or inside in _WITH_REGEX or "macro" in line.lower()


def lines_of(lines: list[str], at: int, inside: str, most: int = LINES_MAX) -> int:
    """How many lines the statement has that begins with ``lines[at]``, as far as it looks.
    ``most``: 2 is enough for who only wants to know whether there is a second one."""
    first = _bare(lines[at])
    if not first or first.startswith("<"):
        return 1
    opened = _WITH_REGEX[inside].match(first) if inside in _WITH_REGEX else None
    if opened:
        return _until_closed(lines, at, inside, first[opened.end(1) :])
    if first.endswith(",") or _MACRO.fullmatch(first):
        return _until_no_comma(lines, at, most)
    return 1


def joined(text: str) -> str:
    """The lines as one, without their comments.  Where the first is indented and another is not,
    a terminal broke it, and in the midst of a word.
    """
    first, *others = text.split("\n")
    whole = _bare(first)
    for line in others:
        torn = first[:1] in (" ", "\t") and line[:1] not in (" ", "\t")
        whole += _bare(line) if torn else f" {_bare(line)}"
    return whole


def _bare(line: str) -> str:
    return line.partition("#")[0].strip(" \t\r\ufeff")


def _goes_on(lines: list[str], at: int) -> bool:
    bare = _bare(lines[at]) if at < len(lines) else ""
    return bool(bare) and not bare.startswith("<")


def _until_no_comma(lines: list[str], at: int, most: int) -> int:
    used = 1
    while used < most and _goes_on(lines, at + used):
        used += 1
        if not _bare(lines[at + used - 1]).endswith(","):
            break
    return used


def _until_closed(lines: list[str], at: int, inside: str, rest: str) -> int:
    """1 if it is never closed: then it is an open expression in one line.  So it is where a `#`
    made a comment of its end, and where the next line begins an entry of its own."""
    for used in range(1, REGEX_LINES_MAX + 1):
        if _SLASH.match(rest):
            return used
        if "#" in lines[at + used - 1] or not _goes_on(lines, at + used):
            break
        if inside != "bounce-category-patterns" and _WITH_REGEX[inside].match(lines[at + used]):
            break
        rest += f" {_bare(lines[at + used])}"
    return 1
