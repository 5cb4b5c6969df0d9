"""Texts that name a block list, or a provider's own.

Texts: zone-mta config/bounces.txt, sisimai Blocked, Mailgun's list of classified bounces, and the
providers' own pages (sendersupport.olc.protection.outlook.com, senders.yahooinc.com
/smtp-error-codes, support.apple.com/102322, support.google.com/a/answer/3726730).
"""

import re
from collections.abc import Mapping

from engine.rules.replies.rule import Rule, rule

ZONE = r"(?P<zone>[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+)"

# A greylist in a block list's clothes, a list of countries, and a receiver whose own resolver is
# refused by the list: nothing is listed, and to look would find nothing.
FAULTS: tuple[Rule, ...] = (
    rule("receiver", r"grey\.rbl|greylist|gr[ae]y-?list", kind="receiver", by="greylisting"),
    rule("receiver", r"countries\.nerd\.dk|zz\.countries", kind="receiver", by="countries"),
    rule("receiver", r"query refused|open resolver|/returnc/", kind="receiver", by="resolver"),
    rule("receiver", r"127\.255\.255\.25[245]|127\.0\.0\.1\b.{0,40}refused", kind="receiver",
         by="resolver"),
)  # fmt: skip

# Lists of domains: the address is not what they name.
DOMAIN_LISTS: tuple[Rule, ...] = (
    rule("domain_listed", r"spamhaus DBL|dbl\.spamhaus|domain.{0,40}listed in spamhaus|surbl|uribl"
         r"|domain present in the spamhaus", kind="named", by="dbl.spamhaus.org"),
)  # fmt: skip

PROVIDER_LISTS: tuple[Rule, ...] = (
    rule("dynamic", r"\bDY-00[12]\b", "microsoft", kind="unnamed", by="microsoft"),
    rule("complained", r"\bSC-004\b", "microsoft", kind="unnamed", by="microsoft"),
    rule("listed", r"\bS3140\b|\bS3150\b|\bSC-00\d\b|\bOU-00\d\b|5\.7\.606|5\.7\.511"
         r"|banned send(?:er|ing IP)", "microsoft", kind="unnamed", by="microsoft"),
    rule("listed", r"\[BL23\]", "yahoo", kind="named", by="xbl.spamhaus.org"),
    rule("listed", r"\[BL2\d\]|spamhaus'?s? list", "yahoo", kind="named", by="zen.spamhaus.org"),
    rule("listed", r"\[CS01\]", "apple", kind="unnamed", by="apple"),
    rule("listed", r"one or more DNSBLs|#BL0000\d\d", "comcast", kind="unnamed", by="comcast"),
    rule("listed", r"IP address is black ?listed", "gmx", kind="unnamed", by="gmx"),
    rule("listed", r"DNSBL:(?:ATT)?RBL|abuse_rbl", kind="unnamed", by="att"),
    rule("listed", r"A problem occurred.{0,60}\(BL\)", "tonline", kind="unnamed", by="tonline"),
    rule("listed", r"csi\.mimecast|poor reputation sender", "mimecast", kind="unnamed",
         by="mimecast"),
)  # fmt: skip

NAMED: tuple[Rule, ...] = (
    rule("listed", r"exploits block ?list|\bXBL\b", kind="named", by="xbl.spamhaus.org"),
    rule("listed", r"policy block ?list|spamhaus.{0,10}\bPBL\b|/pbl/", kind="named",
         by="pbl.spamhaus.org"),
    rule("listed", r"spamhaus.{0,10}\bSBL\b|spamhaus\.org/sbl", kind="named",
         by="sbl.spamhaus.org"),
    rule("listed", r"spamhaus", kind="named", by="zen.spamhaus.org"),
    rule("listed", r"barracudacentral|barracudanetworks\.com/reputation|\bBRBL\b", kind="named",
         by="b.barracudacentral.org"),
    rule("listed", r"spamcop|bl\.spamcop\.net", kind="named", by="bl.spamcop.net"),
    rule("listed", r"\bSORBS\b", kind="named", by="dnsbl.sorbs.net"),
    rule("listed", r"uceprotect", kind="named", by="dnsbl-1.uceprotect.net"),
    rule("listed", r"\bPSBL\b|psbl\.surriel", kind="named", by="psbl.surriel.com"),
    rule("listed", r"cloudmark", kind="named", by="cloudmark csi"),
    rule("listed", r"invaluement", kind="named", by="invaluement"),
    rule("listed", r"trend ?micro.{0,20}\bRBL|\bRBL\+", kind="named", by="trend micro rbl+"),
    rule("listed", r"spamrl\.com", kind="named", by="spamrl.com"),
    rule("listed", r"hostkarma", kind="named", by="hostkarma.junkemailfilter.com"),
    rule("listed", r"dnsbl\.cobion", kind="named", by="dnsbl.cobion.com"),
    rule("listed", rf"(?:blocked using|(?:black|block) ?list at|listed (?:at|in|on|by)"
         rf"|(?:rejected|blocked) by) {ZONE}", kind="named"),
)  # fmt: skip

UNNAMED: tuple[Rule, ...] = (
    rule("listed", r"\bDNSBL|\bRBL\b|black ?list|block ?list|blocklisted", kind="unnamed",
         by="a list"),
)  # fmt: skip

ALIASES: Mapping[str, str] = {
    "sbl-xbl.spamhaus.org": "zen.spamhaus.org",
    "bb.barracudacentral.org": "b.barracudacentral.org",
}
FORWARDED = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
