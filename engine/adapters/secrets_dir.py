"""Passwords in files of a directory of their own, one each, named as ``passwords.login`` says."""

import re
from contextlib import suppress
from pathlib import Path

from engine.ports.secrets import Kept
from engine.rules.pmta_config.passwords import parse_password


class SecretsDir:
    """ports.Secrets"""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def of(self, login: str) -> Kept:
        """A file that is bad or cannot be read leaves the one before it standing."""
        texts: dict[str, str] = {}
        why = ""
        for name in self._names(login):
            try:
                text = self.text(name)
            except LookupError as wrong:
                why = str(wrong)
                continue
            why = ""
            if text not in texts.values():
                texts[name] = text
        if not texts and not why:
            why = f"there is no file {self._directory / login} with its password"
        return Kept(texts, why)

    def text(self, name: str) -> str:
        path = self._directory / name
        try:
            return parse_password(path.read_text().removesuffix("\n"))
        except OSError as no:
            raise LookupError(f"cannot read the secret {path}: {no.strerror}") from no
        except ValueError as wrong:  # also what is no UTF-8, whose own words would show it
            said = str(wrong) if not isinstance(wrong, UnicodeError) else "it is not UTF-8"
            raise LookupError(f"the secret {path} cannot be used: {said}") from None

    def _names(self, login: str) -> list[str]:
        """From the oldest to the newest: the login itself, then .2, .3 and so on."""
        numbered = re.compile(rf"{re.escape(login)}(?:\.([1-9][0-9]{{0,5}}))?")
        found: list[tuple[int, str]] = []
        with suppress(OSError):  # what cannot be listed holds nothing, and is said to be missing
            for path in self._directory.iterdir():
                if match := numbered.fullmatch(path.name):
                    found.append((int(match[1] or 1), path.name))
        return [name for _, name in sorted(found)]
