"""What the configuration refers to: files with secrets, and what systemd hands over."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from engine.config import dsn
from engine.config.tables import Config
from engine.errors import StartRefused
from engine.rules import dnsbl_catalogue
from engine.rules.dnsbl_catalogue import Catalogue


def secret_path(reference: str, environment: Mapping[str, str] | None = None) -> Path:
    """Where the file of a ``*_file`` key is; raises StartRefused."""
    if not reference.startswith("credential:"):
        return Path(reference)
    env = os.environ if environment is None else environment
    directory = env.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise StartRefused(f"{reference}: systemd handed over no credentials")
    return Path(directory) / reference.removeprefix("credential:")


def secret(reference: str, environment: Mapping[str, str] | None = None) -> str:
    """The text of a ``*_file`` key, without the last newline; raises StartRefused."""
    path = secret_path(reference, environment)
    try:
        return path.read_text().rstrip("\n")
    except OSError as problem:
        raise StartRefused(f"cannot read the secret {path}: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise StartRefused(f"the secret {path} is no text: it has to be UTF-8") from problem


def secrets(config: Config, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """All that the configuration names by a ``*_file`` and that can be read, and passwords in DSNs:
    what no log line may hold."""
    for table in _tables(config):
        for name in table.__struct_fields__:
            text = getattr(table, name)
            if name.endswith("_file") and text:
                with suppress(StartRefused):
                    text = secret(text, environment)
                    yield text
            if "dsn" in name and text:
                yield dsn.password(text)


def _tables(of: Any) -> Iterator[Struct]:
    """Every struct in it, itself too."""
    if isinstance(of, Struct):
        yield of
        for name in of.__struct_fields__:
            yield from _tables(getattr(of, name))
    elif isinstance(of, Mapping | tuple | list):
        for one in of.values() if isinstance(of, Mapping) else of:
            yield from _tables(one)


def block_lists(config: Config, environment: Mapping[str, str] | None = None) -> Catalogue:
    """The lists to watch, with their keys; raises StartRefused, which shows no key."""
    settings = config.dnsbl
    try:
        keys = {
            whose: dnsbl_catalogue.key(secret(place, environment), whose)
            for whose, place in settings.key_files()
        }
        return dnsbl_catalogue.catalogue(settings, keys)
    except ValueError as problem:
        raise StartRefused(f"[dnsbl]: {problem}") from problem


def notify_socket(environment: Mapping[str, str] | None = None) -> str:
    """Where systemd listens for READY=1; "" outside of it."""
    return (os.environ if environment is None else environment).get("NOTIFY_SOCKET", "")


def watchdog_s(environment: Mapping[str, str] | None = None) -> float:
    """Within how many seconds systemd wants a sign of life; 0 = it does not."""
    env = os.environ if environment is None else environment
    return int(env.get("WATCHDOG_USEC", "0")) / 1_000_000


def under_systemd(environment: Mapping[str, str] | None = None) -> bool:
    return "INVOCATION_ID" in (os.environ if environment is None else environment)
