"""A real Prometheus (Debian's) that scrapes an engine on loopback, and its questions."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.support.needs import need

DEPLOY = Path(__file__).parents[2] / "deploy"


class Prometheus:
    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def ask(self, expr: str) -> list[Any]:
        """Samples as of now.  An expression that is no PromQL is an error."""
        try:
            where = f"{self._url}/api/v1/query"
            async with self._http.get(where, params={"query": expr}) as answer:
                if answer.status == 503:
                    return []  # it starts
                said = await answer.json()
        except aiohttp.ClientConnectionError:
            return []  # it does not even listen
        assert said["status"] == "success", (expr, said)
        return list(said["data"]["result"])


@asynccontextmanager
async def scraping(port: int, home: Path) -> AsyncIterator[Prometheus]:
    """The shipped configuration and rules, but faster.  Skips the test where it is missing."""
    program = need("prometheus", "prometheus")
    own = _free_port()
    (home / "prometheus.yml").write_text(yaml.safe_dump(_config(port, home)))
    words = [
        f"--config.file={home / 'prometheus.yml'}",
        f"--storage.tsdb.path={home / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{own}",
        "--log.level=error",
    ]
    process = await asyncio.create_subprocess_exec(program, *words, cwd=home)
    try:
        async with aiohttp.ClientSession() as http:
            yield Prometheus(http, f"http://127.0.0.1:{own}")
    finally:
        process.terminate()
        await process.wait()


def _config(port: int, home: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "250ms", "evaluation_interval": "250ms"}
    job = config["scrape_configs"][0]
    job["scrape_timeout"] = "250ms"
    job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    del config["alerting"]
    config["rule_files"] = [str(_faster(path, home)) for path in _rules()]
    return config


def _rules() -> list[Path]:
    return sorted((DEPLOY / "prometheus/rules").glob("*.yml"))


def _faster(path: Path, home: Path) -> Path:
    rules = yaml.safe_load(path.read_text())
    for group in rules["groups"]:
        group["interval"] = "250ms"
    made = home / path.name
    made.write_text(yaml.safe_dump(rules))
    return made


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
