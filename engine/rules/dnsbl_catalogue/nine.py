"""The rest of the nine lists that are watched by default.

Nine lists cost five questions: SBL, XBL and PBL are read from ZEN's answer, and a retired list is
asked about its test points alone.
"""

from datetime import timedelta

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import BlockList, Catalogue, Code
from engine.rules.dnsbl_catalogue.spamhaus import ZEN_AND_PARTS

SPAMCOP = Zone("bl.spamcop.net")
SORBS = Zone("dnsbl.sorbs.net")
BARRACUDA = Zone("b.barracudacentral.org")
UCEPROTECT = Zone("dnsbl-1.uceprotect.net")
PSBL = Zone("psbl.surriel.com")

_OTHERS = (
    BlockList(
        zone=SPAMCOP,
        name="SpamCop",
        listings={
            "127.0.0.2": Code(
                "reported by users or traps; expires about 24 h after the last report"
            )
        },
        severity="high",
        action="standby",
        removal=(
            "Find the campaign that was reported and stop it; the listing ends by itself about"
            " 24 hours after the last report."
        ),
        delisting="https://www.spamcop.net/bl.shtml?{ip}",
        source="https://www.spamcop.net/bl.shtml",
    ),
    BlockList(
        zone=SORBS,
        name="SORBS",
        listings={
            "127.0.0.2": Code("open HTTP proxy"),
            "127.0.0.3": Code("open SOCKS proxy"),
            "127.0.0.4": Code("other open proxy"),
            "127.0.0.5": Code("open SMTP relay"),
            "127.0.0.6": Code("spam source"),
            "127.0.0.7": Code("vulnerable web server"),
            "127.0.0.8": Code("asked not to be tested"),
            "127.0.0.9": Code("hijacked range"),
            "127.0.0.10": Code("dynamic range"),
        },
        severity="info",
        action="standby",
        removal="Nothing is to be done: the list is closed.",
        delisting="http://www.sorbs.net/",
        retired="Proofpoint closed SORBS on 5 June 2024 and emptied its zones",
        source="https://github.com/mailcow/mailcow-dockerized/issues/5901",
    ),
    BlockList(
        zone=BARRACUDA,
        name="Barracuda",
        listings={"127.0.0.2": Code("poor reputation; Barracuda gives no reasons")},
        severity="high",
        action="standby",
        removal=(
            "Mend the cause, then ask by the form, once; answered by hand, mostly within a day."
        ),
        delisting="https://www.barracudacentral.org/rbl/removal-request",
        reason=False,
        source="https://www.barracudacentral.org/rbl/how-to-use",
    ),
    BlockList(
        zone=UCEPROTECT,
        name="UCEPROTECT level 1",
        listings={"127.0.0.2": Code("hit a trap; expires 7 days after the last hit")},
        severity="low",
        action="standby",
        removal=(
            "Mend the cause and wait: 7 days after the last hit. Do not pay for an express removal."
        ),
        delisting="http://www.uceprotect.net/en/rblcheck.php?ipr={ip}",
        min_interval=timedelta(hours=1),  # it is built once an hour
        source="http://www.uceprotect.net/en/index.php?m=7&s=7",
    ),
    BlockList(
        zone=PSBL,
        name="PSBL",
        listings={"127.0.0.2": Code("hit a spam trap; anybody may remove it")},
        severity="medium",
        action="standby",
        removal=(
            "Mend the cause, then remove the address on the page; without that it ends after"
            " some weeks."
        ),
        delisting="https://psbl.org/listing?ip={ip}",
        source="https://psbl.org/howto",
    ),
)

DEFAULT: Catalogue = {one.zone: one for one in (*ZEN_AND_PARTS, *_OTHERS)}
