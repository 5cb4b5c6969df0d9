"""What an API key may do."""

from typing import Literal

Scope = Literal["read", "operate", "deploy", "admin"]
