"""What an API key may do."""

from typing import Literal

Scope = Literal["read", "operate", "deploy", "accounting", "admin"]  # accounting: to send it
