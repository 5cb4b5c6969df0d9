"""What in a configuration is a matter of whoever has it, taken out before anybody sees the text.

``{secret:name}`` stands in its place: the same for the same directive of the same section, so that
two texts can still be compared.  Every line stays in its place.
"""

import re

SECRET_KEYS = (
    "password",
    "auth-password",
    "http-api-key",
    "api-key",
    "volume-audit-api-key",
    "access-token",
)
# What may be read stands first (a path, a way to hash), and behind it what opens it.
_BEHIND_A_WORD = {
    "tls-certificate",
    "smtp-server-tls-certificate",
    "smtp-client-certificate",
    "privacy-policy",
}
_WORD = re.compile(r'("(?:\\.|[^"\\])*"|\S+)[ \t]+')
# What some programs take for the end of a line, though PowerMTA and the parser do not.
_ENDS = re.compile(r"([\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029])")
_LINE = re.compile(
    r"^(?P<before>[ \t\ufeff]*(?P<key>[A-Za-z][\w-]*)(?:[ \t]++|(?=[^\w\s-])))"
    r"(?P<value>[^#]*[^#\s])",
    re.ASCII,
)
_TAG = re.compile(r"^[ \t\ufeff]*<(?P<end>/?)(?P<tag>[A-Za-z][\w-]*)[ \t]*(?P<name>[^>]*)>")
_LIKE = re.compile(r"password|passwd|secret|token|api-?key|credential", re.IGNORECASE)
_USERINFO = re.compile(r"://[^/\s@]+@")
# From the beginning of a word alone, so that a long one is read once.
_ASSIGNED = re.compile(
    r"(?P<what>(?<![\w-])(?=[\w-]*?(?:password|passwd|secret|token|api-?key))[\w-]+"
    r"[ \t]*[=:][ \t]*)"
    r"(?P<value>\"[^\"]*\"|[^\s>\"]+)",
    re.IGNORECASE,
)  # in attributes of tags, and on command lines
_COMMENT = re.compile(r"#.*")
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")


def hidden(text: str) -> str:
    """Comments are emptied too: passwords of yesterday stand there."""
    within: list[str] = []
    return "\n".join(_whole(line, within) for line in text.split("\n"))


def _whole(line: str, within: list[str]) -> str:
    """A password may stand behind something that looks like the end of the line, or hold it: what
    follows one is left out."""
    body = line.removesuffix("\r")
    if not _ENDS.search(body):
        return _line(body, within) + line[len(body) :]
    kept: list[str] = []
    for part in _ENDS.split(body):
        kept.append(_line(part, within))
        if "{secret:" in kept[-1]:
            break
    return "".join(kept) + line[len(body) :]


def _line(line: str, within: list[str]) -> str:
    line = _ASSIGNED.sub(r"\g<what>{secret:value}", _COMMENT.sub("#", line))
    if tag := _TAG.match(line):
        if not tag["end"]:
            within.append(f"{tag['tag']} {tag['name']}")
        elif within:
            within.pop()
        return line
    line = _USERINFO.sub("://{secret:url}@", line)
    found = _LINE.match(line)
    return _hidden(found, line, within) if found else line


def _hidden(found: re.Match[str], line: str, within: list[str]) -> str:
    key = found["key"].lower()
    if key in _BEHIND_A_WORD:
        first = _WORD.match(found["value"])
        kept = first[0] + _named(within, key) if first else found["value"]
        return found["before"] + kept + line[found.end() :]
    if key in SECRET_KEYS or _LIKE.search(key):
        return found["before"] + _named(within, key) + line[found.end() :]
    return line


def _named(within: list[str], key: str) -> str:
    words = _NOT_OF_A_NAME.sub("-", " ".join([*within[-1:], key]).lower()).strip("-")
    return f"{{secret:{words}}}"
