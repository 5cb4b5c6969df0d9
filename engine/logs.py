"""JSON lines for machines to read, on stderr; set up once, by the command line."""

import json
import logging
import sys
from typing import Any, TextIO

import structlog

_SECRET = ("password", "token", "secret", "authorization", "dsn")
_LONG = 8  # letters; shorter ones would black out words


class Hidden:
    """Secrets that no line may hold, wherever in it they stand: in an error of a library, too."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def add(self, *secrets: str) -> None:
        """Each line of them; as they are, and as JSON writes them."""
        lines = [line.strip() for one in secrets for line in one.splitlines()]
        for line in lines:
            if len(line) >= _LONG:
                self._texts |= {line, json.dumps(line)[1:-1]}

    def out_of(self, _logger: Any, _method: str, line: Any) -> str:
        """The last processor: ``line`` is the text that is written."""
        shown = str(line)
        for text in self._texts:
            shown = shown.replace(text, "***")
        return shown


def set_up(
    stream: TextIO = sys.stderr, *, level: int = logging.INFO, hidden: Hidden | None = None
) -> None:
    """Our own lines and those of the libraries, in one shape."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
            (hidden or Hidden()).out_of,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for loud in ("asyncssh", "aiogram", "aiohttp.access"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def redact(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """A value under a name that smells of a secret is not written."""
    return {
        key: "***" if any(word in key.lower() for word in _SECRET) else value
        for key, value in line.items()
    }


def get(name: str) -> Any:
    return structlog.get_logger(name)
