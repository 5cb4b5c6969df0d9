"""What a list may say, and how far it is to be believed.

Silence and refusal are values too: neither means clean.
"""

from typing import Literal

from msgspec import Struct

Verdict = Literal["clean", "listed", "refused", "unanswered"]
Proof = Literal["proved", "unproved", "suspected"]  # of a zone, in one round


class Answer(Struct, frozen=True, gc=False, omit_defaults=True):
    """One zone's answer about one address."""

    verdict: Verdict
    proof: Proof = "proved"
    codes: tuple[str, ...] = ()  # the A records that led to it, e.g. "127.0.0.2"
    reason: str = ""  # of a listing: what the list itself says of it (TXT), at most 200 characters

    @property
    def counts(self) -> bool:
        """What is not proved counts for nothing, neither for nor against the address."""
        return self.proof != "unproved" and self.verdict in ("clean", "listed")


Action = Literal["standby", "retire", "alert", "none"]  # what a confirmed listing does
WhyNoted = Literal["alert", "acknowledged", "suspected", "not_sending"]  # it stops nobody
WhyCleared = Literal["clean", "gone"]  # gone: the list itself is, for it was dead for a week

Health = Literal["alive", "dead", "refusing", "silent", "lists_everything"]  # of a zone
