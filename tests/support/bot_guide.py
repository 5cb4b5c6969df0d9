"""Writes docs/telegram.md from the table of commands: ``python -m tests.support.bot_guide``."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

from engine.api import outcomes
from engine.bot.commands import ALIASES, TABLE, Entry
from engine.rules.alert_ref import ref
from tests.support.api_world import SOS
from tests.support.conversation import (
    ALERT,
    DEPLOYER,
    IP,
    OTHER,
    Conversation,
    furnished,
)
from tests.support.docs import DOCS

PAGE = DOCS / "telegram.md"
TOP = Path(__file__).with_name("bot_guide_top.md")
LINES_MAX = 14  # of an example

# What is written, and then the button that is pressed.
EXAMPLES: Mapping[str, tuple[str, str]] = {
    "status": ("/status", ""),
    "ips": ("/ips", ""),
    "ip": (f"/ip {IP}", ""),
    "warmup": (f"/warmup {IP}", ""),
    "blacklist": ("/blacklist", ""),
    "recheck": (f"/recheck {IP}", ""),
    "dns": ("/dns", ""),
    "alerts": ("/alerts", ""),
    "ack": (f"/ack {ref(ALERT)}", ""),
    "mute": (f"/mute {ref(ALERT)} 4h", ""),
    "pause": (f"/pause {IP} the list is being cleaned", "Pause"),
    "hold": (f"/hold {IP} watching it", "Hold"),
    "resume": (f"/resume {IP}", "Resume"),
    "release": (f"/release {OTHER} the list has trouble", "Cancel"),
    "retire": (f"/retire {IP}", "Cancel"),
    "quarantine": (f"/quarantine {IP} somebody else sends from it", "Stop it"),
    "rollback": ("/rollback 1 pmta-1", "Cancel"),
    "capacity": ("/capacity", ""),
    "events": (f"/events {OTHER}", ""),
    "explain": (f"/explain {OTHER}", ""),
    "whoami": ("/whoami", ""),
    "help": ("/help", ""),
}


async def page() -> str:
    with patch.object(outcomes, "WITHIN_S", 0.01):  # nobody looks here
        return await _page()


async def _page() -> str:
    async with furnished() as bot:
        client = await bot.world.key(SOS, "operate")
        await client.post("/api/v2/domains", {"domain": "sos-mail.com"})
        parts = [TOP.read_text().rstrip(), *[await _section(bot, one) for one in TABLE]]
    return "\n\n".join(parts) + "\n"


async def _section(bot: Conversation, one: Entry) -> str:
    line, press = EXAMPLES[one.name]
    said = [f"> {line}", *_shown(bot, await bot.says(line, user=DEPLOYER))]
    if press:
        said += [f"> [{press}]", *_shown(bot, await bot.presses(press, user=DEPLOYER))]
    also = [f"/{alias}" for alias, name in ALIASES.items() if name == one.name]
    named = f" Also {', '.join(also)}." if also else ""
    text = "\n".join(said)
    return f"## {one.usage}\n\n{one.what}. Needs `{one.needs}`.{named}\n\n```\n{text}\n```"


def _shown(bot: Conversation, said: str) -> list[str]:
    pictures = ["(a picture)"] * len(bot.pictures)
    lines = said.splitlines()
    cut = [f"… ({len(lines) - LINES_MAX} more lines)"] if len(lines) > LINES_MAX else []
    row = " ".join(f"[{button.text}]" for button in bot.buttons)
    return [*pictures, *lines[:LINES_MAX], *cut, *([row] if row else [])]


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page()))
