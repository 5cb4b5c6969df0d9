"""Refusals that name no list, but a cause.

Gmail gives 5.7.23, 5.7.24 and 5.7.27 meanings of its own, other than RFC 7372 and RFC 7505, and
sometimes prints 5.x.x behind a 4xx: a number counts only together with who said it, and its class
digit not at all.  Gmail: support.google.com/a/answer/14289100 and /3726730.  Microsoft:
sendersupport.olc.protection.outlook.com.  Yahoo: senders.yahooinc.com/smtp-error-codes.
"""

from engine.rules.replies.rule import Rule, rule


def _gmail(number: int | str) -> str:
    return rf"\b[45]\.7\.(?:{number})\b"


GMAIL: tuple[Rule, ...] = (
    rule("ptr", _gmail("23|25"), "gmail"),
    rule("spf", _gmail("24|27"), "gmail"),
    rule("authentication", _gmail(26), "gmail"),
    rule("rate", _gmail(28), "gmail", kind=None),
    rule("tls", _gmail(29), "gmail"),
    rule("dkim", _gmail(30), "gmail"),
    rule("dmarc", _gmail("31|40"), "gmail"),
    rule("alignment", _gmail(32), "gmail"),
    rule("ptr", r"\bPTR\b|reverse DNS", "gmail"),
    rule("reputation", r"low reputation|unsolicited mail|likely (?:unsolicited|suspicious)",
         "gmail", kind="unnamed", by="gmail"),
)  # fmt: skip

OTHERS: tuple[Rule, ...] = (
    rule("authentication", r"5\.7\.515\b", "microsoft"),
    rule("rate", r"\bRP-00[123]\b", "microsoft"),
    rule("complained", r"\[TSS?04\]|user complaints", "yahoo"),
    rule("reputation", r"\[TSS?0\d\]|\[TSS\d\d\]", "yahoo"),
    rule("null_mx", r"\b5\.7\.27\b"),  # RFC 7505, section 4.2
    rule("ptr", r"\b[45]\.7\.25\b"),  # RFC 7372, section 3.3
    rule("spf", r"\b[45]\.7\.2[34]\b"),  # RFC 7372, section 3.2
    rule("dkim", r"\b[45]\.7\.2[012]\b"),  # RFC 7372, section 3.1
    rule("authentication", r"\b[45]\.7\.26\b"),  # RFC 7372, section 3.4
    rule("dmarc", r"\bDMARC\b"),
    rule("spf", r"\bSPF\b"),
    rule("dkim", r"\bDKIM\b"),
    rule("ptr", r"\bPTR\b|reverse (?:DNS|lookup)|\brDNS\b|FCrDNS"),
    rule("dynamic", r"dynamic(?:ally)?[ -](?:assigned|IP|address)|residential IP"),
    rule("tls", r"must issue (?:a )?STARTTLS|TLS (?:is )?required"),
    rule("complained", r"(?:too many|user|excessive) complaints"),
    rule("rate", r"rate limit|too many (?:messages|connections|errors|recipients)|throttl"
         r"|exceeded.{0,30}(?:rate|limit)|try again later.{0,20}too"),
    rule("reputation", r"(?:low|poor|bad) (?:sender )?reputation|reputation"),
)  # fmt: skip
