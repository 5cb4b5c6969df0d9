"""How the Bot API speaks: parameters in, answers out (core.telegram.org/bots/api, read in 2026)."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from engine.demo.telegram_html import CannotParse, visible

TEXT_MAX = 4096  # after tags and entities are read
CAPTION_MAX = 1024  # likewise
_JSON: dict[str, type] = {
    "reply_markup": dict,
    "link_preview_options": dict,
    "reply_parameters": dict,
    "scope": dict,
    "allowed_updates": list,
    "commands": list,
    "entities": list,
}
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
Form = Mapping[str, Any]


class Said(Exception):
    """The Bot API's no: status, description, and parameters where it gives some."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.parameters = parameters

    def answer(self) -> web.Response:
        body: dict[str, object] = {
            "ok": False,
            "error_code": self.code,
            "description": str(self),
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.code)


def bad(why: str) -> Said:
    return Said(400, f"Bad Request: {why}")


async def read(request: web.Request) -> Form:
    """Parameters from query, form or JSON body; nested ones in a form are JSON themselves."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= msgspec.json.decode(await request.read() or b"{}", type=dict)
    elif request.method == "POST":
        given |= dict(await request.post())
    for name, shape in _JSON.items():
        if name in given:
            given[name] = _nested(name, given[name], shape)
    return given


def _nested(name: str, value: object, shape: type) -> object:
    what = "keyboard markup" if name == "reply_markup" else name
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise bad(f"can't parse {what} JSON object") from None
    if not isinstance(value, shape):
        raise bad(f"object expected as {what}" if shape is dict else f"{what} must be an Array")
    return value


def number(form: Form, name: str, usual: int | None = None) -> int:
    value = form.get(name, usual)
    if value is None:
        raise bad(f"parameter {name} is required")
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad(f"{name} must be an integer") from None


def flag(form: Form, name: str) -> bool:
    return str(form.get(name, "")).lower() in ("true", "1")


def chat_of(form: Form) -> int:
    try:
        return int(form["chat_id"])
    except KeyError:
        raise bad("chat_id is empty") from None
    except ValueError:
        raise bad("chat not found") from None


def text_of(form: Form, *, too_long: str) -> str:
    """The visible text; raises Said as Telegram does for what it cannot parse or show."""
    shown = _shown(form, "text")
    if not shown:
        raise bad("message text is empty")
    if _length(shown) > TEXT_MAX:
        raise bad(too_long)
    return shown


def caption_of(form: Form) -> str:
    """What stands beneath a picture, which may be nothing; raises Said."""
    shown = _shown(form, "caption")
    if _length(shown) > CAPTION_MAX:
        raise bad("message caption is too long")
    return shown


def _length(shown: str) -> int:
    return len(shown.encode("utf-16-le")) // 2


def _shown(form: Form, field: str) -> str:
    given = str(form.get(field, ""))
    mode = str(form.get("parse_mode", "")).lower()
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode")  # the engine writes HTML alone
    try:
        return visible(given) if mode == "html" else given.strip()
    except CannotParse as error:
        raise bad(f"can't parse entities: {error}") from None


def keyboard_of(form: Form) -> str:
    """The buttons as text, to compare them by; raises Said as Telegram does for a bad one."""
    markup = form.get("reply_markup", {})
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be an Array of Arrays')
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict) or not button.get("text"):
            raise bad("inline keyboard button text is empty")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(str(data).encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    return msgspec.json.encode(markup).decode() if markup else ""


def check_commands(form: Form) -> dict[str, str]:
    """Command -> description."""
    found: dict[str, str] = {}
    for item in form.get("commands", []):
        if not isinstance(item, dict) or not _COMMAND.fullmatch(str(item.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(item.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        found[item["command"]] = item["description"]
    return found


def chat_json(chat: int) -> dict[str, object]:
    if chat < 0:
        return {"id": chat, "type": "supergroup", "title": "Operators"}
    return {"id": chat, "type": "private", "first_name": "Operator"}


def topic_json(topic: int) -> dict[str, object]:
    return {"message_thread_id": topic, "is_topic_message": True} if topic else {}


def user_json(user: int, *, is_bot: bool = False, username: str = "") -> dict[str, object]:
    name = {"username": username} if username else {}
    return {"id": user, "is_bot": is_bot, "first_name": "Bot" if is_bot else "Operator", **name}
