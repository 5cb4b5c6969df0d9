"""SpamRATS' lists: one question answers for all of them.

Codes: https://www.spamrats.com/lists.php; with a key, it is in the name that is asked.
"""

from collections.abc import Mapping

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import BlockList, Code, Severity

ALL = Zone("all.spamrats.com")

_DYNA = {"127.0.0.36": Code("looks like a dial-up line by its host name", "Dyna", "policy")}
_NOPTR = {"127.0.0.37": Code("has no host name (PTR): mend our own DNS", "NoPtr", "policy")}
_SPAM = {"127.0.0.38": Code("spam source", "Spam")}
_AUTH = {"127.0.0.43": Code("guesses passwords at mail servers", "Auth")}


def _list(
    zone: str,
    name: str,
    codes: Mapping[str, Code],
    severity: Severity = "low",
    part_of: Zone | None = ALL,
) -> BlockList:
    return BlockList(
        zone=Zone(zone),
        name=f"SpamRATS {name}",
        listings=codes,
        ranges=tuple(code for code in codes if code in _DYNA or code in _NOPTR),
        part_of=part_of,
        severity=severity,
        removal=(
            "Give the address a host name of its own (PTR) that is not generic, then remove it."
        ),
        delisting="https://www.spamrats.com/lookup.php?ip={ip}",
        keyed="" if part_of else "{key}.all.spamrats.com",
        key_of="" if part_of else "spamrats",
        source="https://www.spamrats.com/lists.php",
    )


SPAMRATS = (
    _list(ALL, "all", {**_DYNA, **_NOPTR, **_SPAM, **_AUTH}, "medium", part_of=None),
    _list("dyna.spamrats.com", "Dyna", _DYNA, "policy"),
    _list("noptr.spamrats.com", "NoPtr", _NOPTR, "policy"),
    _list("spam.spamrats.com", "Spam", _SPAM, "medium"),
    _list("auth.spamrats.com", "Auth", _AUTH),
)
