"""The stand-in's own reader of PowerMTA configuration, in the strict mode of the User's Guide.

It shares nothing with ``engine/rules/pmta_config``, so that each proves the other.  Standard
library alone; it reads a line as ending, and a word as ending, wherever anybody might think so.
"""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

from engine.demo import pmta_replies
from engine.demo.pmta_words import WORDS

Place = tuple[str, int]  # a file and a line in it
Scopes = list[tuple[str, str]]  # tags that are open, with their arguments

BOOLS = {"yes", "no", "true", "false"}
RATE = re.compile(r"unlimited|0|[1-9][0-9]*/([1-9][0-9]*)?(d|day|h|hr|m|min|s|sec)", re.ASCII)
TAG = re.compile(r"<(/?)([A-Za-z-]+)(?:\s+(.+))?>")
FREE = {  # their lines are lists or patterns, and are not looked into
    "address-list", "aliases", "bounce-category-patterns", "domain-key-list", "email-patterns",
    "mx-rollup-list", "pattern-list", "rewrite-list", "signals-filter", "smtp-pattern-list",
}  # fmt: skip
NESTED = {
    "domain": {"virtual-mta", "virtual-mta-pool"},
    "address-list": {"bounce-processor", "feedback-loop-processor"},
    "email-patterns": {"bounce-processor", "feedback-loop-processor"},
}
BARE = {
    "aliases", "bounce-category-patterns", "bounce-processor", "dns", "email-patterns",
    "feedback-loop-processor", "mx-rollup-list", "signals", "signals-filter", "transmissions-api",
    "address-list",
}  # fmt: skip
DEPTH_MAX = 10  # of includes


class ConfigError(Exception):
    """The first error found; PowerMTA reports no second one."""

    def __init__(self, reason: str, at: Place | None = None) -> None:
        super().__init__(
            f"Error in line {at[1]} of {at[0]}: {reason}" if at else f"Error: {reason}"
        )


class Config:
    """What a file says, as far as the stand-in acts on it."""

    def __init__(self) -> None:
        self.vmtas: dict[str, dict[str, object]] = {}
        self.pools: dict[str, list[str]] = {}
        self.names: list[tuple[str, Place]] = []  # that are used, and so must be defined
        self.replies: set[str] = set()  # lists of reply patterns
        self.asks: list[tuple[str, Place]] = []  # for such a list
        self.seen: set[str] = set()  # directives and tags of the global level


class Reader:
    """``root`` stands before every path, as if the program had been chrooted there."""

    def __init__(self, root: Path, *, empty_wildcard_is_error: bool = False) -> None:
        self._root = root
        self._empty_wildcard_is_error = empty_wildcard_is_error
        self._config = Config()

    def read(self, main: str) -> Config:
        """Raises ConfigError."""
        self._directory = main.rpartition("/")[0]
        self._file(main, [("global", "")], 0)
        return self._whole()

    def _whole(self) -> Config:
        config = self._config
        for name, at in config.names:
            if name not in config.vmtas and name not in config.pools:
                raise ConfigError(f"virtual-mta {name} is not defined", at)
        for name, at in config.asks:
            if name.lower() not in config.replies:
                raise ConfigError(f"smtp-pattern-list {name} is not defined", at)
        for name in config.pools.keys() & config.vmtas.keys():
            raise ConfigError(f"virtual-mta-pool {name} has the name of a virtual-mta")
        if not {"log-file", "spool"} <= config.seen:
            raise ConfigError("No logging file or no spool specified")
        return config

    def _file(self, path: str, scopes: Scopes, depth: int) -> None:
        outer, number = len(scopes), 0
        for number, line in enumerate(self._lines(path), start=1):
            at = (path, number)
            text = line.partition("#")[0].strip()
            if text.startswith("<"):
                self._tag(text, scopes, outer, at)
            elif text:
                name, _, value = text.partition(" ")
                self._directive(scopes, name.lower(), value.strip(), at, depth)
        if len(scopes) > outer:
            raise ConfigError(f"missing </{scopes[-1][0]}>", (path, number))

    def _lines(self, path: str) -> list[str]:
        try:
            text = (self._root / path.lstrip("/")).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as bad:
            raise ConfigError(f"cannot read {path}: {type(bad).__name__}") from bad
        return [" ".join(line.split()) for line in text.splitlines()]

    def _tag(self, text: str, scopes: Scopes, outer: int, at: Place) -> None:
        found = TAG.fullmatch(text)
        if not found:
            raise ConfigError("malformed tag", at)
        closing, name, argument = found[1], found[2].lower(), (found[3] or "").strip('"')
        inside = scopes[-1][0]
        if closing:
            if name != inside or len(scopes) == outer:
                raise ConfigError(f"unexpected </{name}>", at)
            scopes.pop()
            return
        if name not in WORDS and name not in FREE:
            raise ConfigError(f"unknown tag <{name}>", at)
        if inside != "global" and inside not in NESTED.get(name, set()):
            raise ConfigError(f"<{name}> is not allowed in <{inside}>", at)
        if not argument and name not in BARE:
            raise ConfigError("argument missing", at)
        if argument and re.search(r"\s", argument) and name != "acct-file":
            raise ConfigError(f"<{name}> takes one argument", at)
        scopes.append((name, argument))
        self._open(name, argument)

    def _open(self, name: str, argument: str) -> None:
        config = self._config
        config.seen.add(name)
        if name == "smtp-pattern-list":
            config.replies.add(argument.lower())
        if name == "virtual-mta":
            config.vmtas.setdefault(argument, {"hosts": [], "keys": [], "settings": {}})
        if name == "virtual-mta-pool":
            config.pools.setdefault(argument, [])

    def _directive(self, scopes: Scopes, name: str, value: str, at: Place, depth: int) -> None:
        scope, owner = scopes[-1]
        if name == "include" and (scope in FREE or name in _kinds(scope)):
            self._include(value, scopes, at, depth)
            return
        if scope == "smtp-pattern-list":
            if reason := pmta_replies.wrong(name, value):
                raise ConfigError(reason, at)
            return
        if scope in FREE:
            return
        kind = _kinds(scope).get(name)
        if kind is None:
            raise ConfigError("unknown directive", at)
        if not value:
            raise ConfigError("argument missing", at)
        _check(name, kind, value, at)
        if scope == "global":
            self._config.seen.add(name)
        self._keep(scope, owner, name, value, at)

    def _keep(self, scope: str, owner: str, name: str, value: str, at: Place) -> None:
        config = self._config
        if name == "smtp-pattern-list":
            config.asks.append((value, at))
        elif name in ("cold-virtual-mta", "virtual-mta", "default-virtual-mta"):
            if value != "by-smtp-source-ip":
                config.names.append((value, at))
            if scope == "virtual-mta-pool" and name == "virtual-mta":
                config.pools[owner].append(value)
        elif scope == "virtual-mta":
            vmta = config.vmtas[owner]
            hosts, keys, settings = vmta["hosts"], vmta["keys"], vmta["settings"]
            assert isinstance(hosts, list)
            assert isinstance(keys, list)
            assert isinstance(settings, dict)
            if name == "smtp-source-host":
                hosts.append(value.split())
            elif name == "domain-key":
                keys.append([part.strip() for part in value.split(",")])
            else:
                settings[name] = value

    def _include(self, value: str, scopes: Scopes, at: Place, depth: int) -> None:
        if not value:
            raise ConfigError("argument missing", at)
        if depth == DEPTH_MAX:
            raise ConfigError("too many nested includes", at)
        paths = list(self._matching(value.strip('"')))
        if not paths and (self._empty_wildcard_is_error or not re.search(r"[*?]", value)):
            raise ConfigError(f"cannot open {value}", at)
        for path in paths:
            self._file(path, scopes, depth + 1)

    def _matching(self, value: str) -> Iterator[str]:
        path = value if value.startswith("/") else f"{self._directory}/{value}"
        for found in sorted(self._root.glob(path.lstrip("/"))):
            if found.is_file() and not found.name.startswith("."):
                yield f"/{found.relative_to(self._root)}"


def _kinds(scope: str) -> dict[str, str]:
    return {word: kind for kind, words in WORDS[scope].items() for word in words.split()}


def _check(name: str, kind: str, value: str, at: Place) -> None:
    """Types, and the shapes that amateurs get wrong most often."""
    words = value.split()
    wrong = (
        (kind == "bool" and value.lower() not in BOOLS)
        or (kind == "int" and not re.fullmatch(r"[0-9]+|unlimited|auto", value, re.ASCII))
        or (kind == "rate" and not RATE.fullmatch(words[-1]))
        or (name == "smtp-source-host" and not (len(words) == 2 and _is_cidr(words[0])))
        or (name == "domain-key" and len(value.split(",")) != 3)
        or (name == "virtual-mta" and len(words) != 1)
        or (name in ("max-smtp-msg-rate", "max-msg-rate") and len(words) != 1)
    )
    if wrong:
        raise ConfigError(f"invalid argument {value!r}", at)


def _is_cidr(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "%" not in text
