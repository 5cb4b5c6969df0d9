"""The examples of docs/api.md, run in their order as they stand there."""

import json
import re
import shlex
from collections.abc import Mapping
from string import Template
from typing import Any, NamedTuple

from engine.api.rates import Rates
from tests.support.api_world import ALL, Said, api_world
from tests.support.docs import DOCS

PAGE = (DOCS / "api.md").read_text()
EXAMPLE = re.compile(
    r"```sh\n(?P<curl>.*?)```\s+```json\n(?P<status>\d+)\n(?P<body>.*?)```"
    r"(?:\s+<!-- (?P<name>\w+) = (?P<where>[^>]+) -->)?",
    re.S,
)


class Sent(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    data: bytes | None


async def test_every_example_is_answered_as_the_page_says() -> None:
    found = list(EXAMPLE.finditer(PAGE))
    assert len(found) == PAGE.count("```sh") == PAGE.count("```json") == 12
    async with api_world(rates=Rates(3_000)) as world:
        await world.node()
        names = {"EE": "", "ADMIN": (await world.issue(None, *ALL)).text}
        for one in found:
            sent = curl(one["curl"], names)
            said = await world.client().ask(
                sent.method, sent.path, data=sent.data, headers=sent.headers
            )
            where = one["curl"].splitlines()[0]
            assert said.status == int(one["status"]), f"{where}: {said.body}"
            fits(json.loads(one["body"]), said.body, where)
            if one["name"]:
                names[one["name"]] = value(said, one["where"])


def curl(text: str, names: Mapping[str, str]) -> Sent:
    """What a shell makes of it."""
    words = [Template(word).substitute(names) for word in shlex.split(text.replace("\\\n", " "))]
    assert words.pop(0) == "curl"
    path, method, headers, data = "", "", {}, None
    while words:
        match words.pop(0):
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                data = words.pop(0).encode()
            case "-X":
                method = words.pop(0)
            case "-i":
                pass
            case word:
                assert word.startswith("/"), word
                assert not path, word
                path = word
    return Sent(method or ("GET" if data is None else "POST"), path, headers, data)


def value(said: Said, where: str) -> str:
    if where.startswith("header "):
        return said.headers[where.removeprefix("header ")]
    found = said.body
    for step in where.split("."):
        found = found[int(step)] if step.isdigit() else found[step]
    assert isinstance(found, str)
    return found


def fits(shown: Any, real: Any, where: str) -> None:
    """``…`` in a text is any text, and as a name it stands for all fields that are not shown."""
    if isinstance(shown, dict):
        assert isinstance(real, dict), where
        names = {name for name in shown if name != "…"}
        assert names <= set(real), f"{where}: {names - set(real)}"
        assert "…" in shown or names == set(real), f"{where}: {set(real) - names} are not shown"
        for name in names:
            fits(shown[name], real[name], f"{where} .{name}")
    elif isinstance(shown, list):
        assert len(shown) == len(real), where
        for n, (one, other) in enumerate(zip(shown, real, strict=True)):
            fits(one, other, f"{where} [{n}]")
    elif isinstance(shown, str) and "…" in shown:
        pattern = ".*".join(map(re.escape, shown.split("…")))
        assert re.fullmatch(pattern, real, re.S), f"{where}: {real}"
    else:
        assert shown == real, f"{where}: {real}"
