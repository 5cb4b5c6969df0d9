"""Passwords in memory."""

from engine.ports import Kept


class FakeSecrets:
    """ports.Secrets; ``kept``: by login, the names and texts of its secrets."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}

    def of(self, login: str) -> Kept:
        texts = self.kept.get(login, {})
        return Kept(texts, "" if texts else f"there is no password of {login}")

    def text(self, name: str) -> str:
        return next(texts[name] for texts in self.kept.values() if name in texts)
