"""Somebody who plans and applies fleet files at a command line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import cli
from engine.cli import environment
from tests.support.api_world import ALL, ApiWorld, api_world


class Shell(NamedTuple):
    """Somebody with the platform's key at a command line."""

    world: ApiWorld
    file: Path
    capsys: pytest.CaptureFixture[str]

    async def run(self, *words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(cli.main, list(words))
        out, err = self.capsys.readouterr()
        return code, out, err

    async def plan(self, text: str, *more: str) -> tuple[int, str, str]:
        self.file.write_text(text)
        return await self.run("plan", str(self.file), *more)

    async def apply(self, text: str, *more: str) -> tuple[int, str, str]:
        self.file.write_text(text)
        return await self.run("apply", str(self.file), *more)


@asynccontextmanager
async def shell_in(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Shell]:
    """Before an engine that has nothing yet."""
    async with api_world() as world:
        monkeypatch.setenv(environment.URL, str(world.http.make_url("/")))
        monkeypatch.setenv(environment.KEY, (await world.issue(None, *ALL)).text)
        yield Shell(world, directory / "fleet.toml", capsys)
