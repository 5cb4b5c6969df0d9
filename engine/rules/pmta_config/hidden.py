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
# A path stands first, and behind it the password of what lies there.
_BEHIND_A_PATH = {"tls-certificate", "smtp-server-tls-certificate"}
_LINE = re.compile(
    r"^(?P<before>[ \t]*(?P<key>[A-Za-z][\w-]*)(?:[ \t]+|(?=[^\w\s-])))(?P<value>[^#]*[^#\s])",
    re.ASCII,
)
_TAG = re.compile(r"^[ \t]*<(?P<end>/?)(?P<tag>[A-Za-z][\w-]*)[ \t]*(?P<name>[^>]*)>")
_LIKE = re.compile(r"password|passwd|secret|token|api-?key|credential", re.IGNORECASE)
_USERINFO = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)[^/\s@]+@")
_ASSIGNED = re.compile(
    r"(?P<what>(?:password|passwd|secret|token|api-?key)[\w-]*[ \t]*[=:][ \t]*)"
    r"(?P<value>\"[^\"]*\"|[^\s>\"]+)",
    re.IGNORECASE,
)  # in attributes of tags, and on command lines
_COMMENT = re.compile(r"#.*")
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")


def hidden(text: str) -> str:
    """Comments are emptied too: passwords of yesterday stand there."""
    within: list[str] = []
    return "\n".join(_line(line, within) for line in text.split("\n"))


def _line(line: str, within: list[str]) -> str:
    line = _ASSIGNED.sub(r"\g<what>{secret:value}", _COMMENT.sub("#", line))
    if tag := _TAG.match(line):
        if not tag["end"]:
            within.append(f"{tag['tag']} {tag['name']}")
        elif within:
            within.pop()
        return line
    line = _USERINFO.sub(r"\g<scheme>{secret:url}@", line)
    found = _LINE.match(line)
    return _hidden(found, line, within) if found else line


def _hidden(found: re.Match[str], line: str, within: list[str]) -> str:
    key = found["key"].lower()
    if key in _BEHIND_A_PATH:
        path, blank, _ = found["value"].partition(" ")
        kept = f"{path} {_named(within, key)}" if blank else path
        return found["before"] + kept + line[found.end() :]
    if key in SECRET_KEYS or _LIKE.search(key):
        return found["before"] + _named(within, key) + line[found.end() :]
    return line


def _named(within: list[str], key: str) -> str:
    words = _NOT_OF_A_NAME.sub("-", " ".join([*within[-1:], key]).lower()).strip("-")
    return f"{{secret:{words}}}"
