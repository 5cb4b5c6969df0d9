"""What the command line takes from its environment, and nothing else does."""

import os
from collections.abc import Mapping
from typing import NamedTuple

URL = "EMAIL_ENGINE_URL"
KEY = "EMAIL_ENGINE_KEY"
DEFAULT_URL = "http://127.0.0.1:8025"


class Environment(NamedTuple):
    url: str
    key: str  # "" = none


def read(environment: Mapping[str, str] | None = None) -> Environment:
    found = os.environ if environment is None else environment
    return Environment(found.get(URL) or DEFAULT_URL, found.get(KEY, "").strip())
