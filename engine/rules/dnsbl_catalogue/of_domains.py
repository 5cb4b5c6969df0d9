"""Lists of domains besides Spamhaus'.  SURBL and URIBL answer several lists in one octet, and say
by its lowest bit that they refuse us.
"""

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import BlockList, Code

SURBL = Zone("multi.surbl.org")
URIBL = Zone("multi.uribl.com")

OF_DOMAINS = (
    BlockList(
        zone=SURBL,
        name="SURBL",
        kind="domain",
        listings={},
        bits={
            8: Code("phishing", "PH", "critical"),
            16: Code("malware", "MW", "critical"),
            64: Code("spam and other abuse", "ABUSE"),
            128: Code("cracked web site", "CR"),
        },
        harmless_bits={4: "DM: for information", 32: "CT: for information"},
        severity="high",
        removal="Mend the cause (cracked site, abused form, own lists), then ask by the form.",
        delisting="https://surbl.org/surbl-analysis",
        must_list=("test.surbl.org",),
        must_not_list=("invalid",),
        source="https://www.surbl.org/lists",
    ),
    BlockList(
        zone=URIBL,
        name="URIBL",
        kind="domain",
        listings={},
        bits={
            2: Code("spam", "black"),
            4: Code("bulk mail that may be unwanted", "grey", "low"),
            8: Code("young domain, or hidden owner", "red", "low"),
        },
        removal=(
            "Ask with an account of theirs; grey and red end when the mail is wanted and the"
            " domain older."
        ),
        delisting="https://admin.uribl.com/?section=lookup",
        must_list=("test.uribl.com",),
        must_not_list=("invalid",),
        source="https://uribl.com/refused.shtml",
    ),
    BlockList(
        zone=Zone("dbl.0spam.org"),
        name="0Spam domains",
        kind="domain",
        listings={"127.0.0.2": Code("domain in spam")},
        severity="low",
        removal="Ask by the form on the page.",
        delisting="https://0spam.org/",
        must_list=("test",),
        must_not_list=("invalid",),
        source="https://github.com/gsauthof/utility/blob/master/check-dnsbl.py",
    ),
)
