"""How a rollout may end, and why it may fail."""

from typing import Literal

Ending = Literal["done", "failed", "conflict"]
ConflictEnd = Literal["adopt", "overwrite"]
# invalid: PowerMTA, or our own validator before it, refused our file; foreign: the configuration
# fails without it; not_included: the operator's file does not include ours; fenced: another engine
# process leads; node: the rest
Kind = Literal["", "invalid", "foreign", "not_included", "fenced", "node"]
