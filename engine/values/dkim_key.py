"""A DKIM key that the engine made: how far it has come, and how the DNS stands to it."""

from typing import Literal

Algorithm = Literal["rsa", "ed25519"]  # rsa has 2048 bits (RFC 8301 3.2)
# asked: to be made; laid: on the nodes, and to be published; published: seen in the DNS, and to be
# rendered; used: PowerMTA signs with it; superseded: another one signs, and what it signed is still
# under way; revoked: its record is to be emptied; dropped: it was never used, or its domain is gone
KeyState = Literal["asked", "laid", "published", "used", "superseded", "revoked", "dropped"]
# differs: another key, several records, or what is none
Standing = Literal["published", "absent", "differs", "revoked", "unanswered"]
