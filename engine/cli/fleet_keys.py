"""The first keys of new tenants: each is told once, and kept nowhere but where it is put now."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.cli.exits import Failed


class Keys:
    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self.shown: dict[str, str] = {}  # by tenant, where there is no directory
        self.written: dict[str, str] = {}  # the file of each, where there is one
        self.lost: list[str] = []  # tenants whose key was in an answer that nobody got

    def check(self, slugs: Iterable[str]) -> None:
        """Before anything is done.  Raises Failed."""
        if self._directory is None:
            return
        if not self._directory.is_dir():
            why = f"{self._directory} is no directory; make it for yourself alone: mkdir -m 700"
            raise Failed(why)
        for file in (self._directory / f"{slug}.key" for slug in slugs):
            if file.exists():
                raise Failed(f"{file} is there already, and no key is written over; move it away")

    def take(self, answer: Mapping[str, Any]) -> None:
        """Of a tenant that was made; the answer to a repeated request tells no key."""
        slug, key = answer["slug"], answer["key"]
        file = self._directory / f"{slug}.key" if self._directory else None
        if key is None:
            self.lost.append(slug)
        elif file is not None and _written(file, key):
            self.written[slug] = str(file)
        else:
            self.shown[slug] = key


def _written(file: Path, key: str) -> bool:
    """Whether it could be: a key that is lost is worse than one that is shown."""
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(f"{key}\n")
    except OSError:
        return False
    return True
