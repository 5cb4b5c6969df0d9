"""Where passwords lie that the engine is given; it never makes one, and keeps none."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Kept(NamedTuple):
    """The passwords of one login, by the names of their secrets; the newest one last."""

    texts: Mapping[str, str]
    why: str = ""  # there is none, or the newest cannot be used


class Secrets(Protocol):
    """Small local files, and so nobody waits for it."""

    def of(self, login: str) -> Kept:
        """Never raises.  Of two secrets with the same text the older one stands for both."""

    def text(self, name: str) -> str:
        """Raises LookupError, which says what to do."""


class NoSecrets:
    """Where no ``secrets_dir`` is configured."""

    def of(self, login: str) -> Kept:
        return Kept({}, f"no secrets_dir is configured in which the password of {login} could lie")

    def text(self, name: str) -> str:
        raise LookupError(f"no secrets_dir is configured in which {name} could lie")
