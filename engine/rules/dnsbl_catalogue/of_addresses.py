"""Lists of addresses that an operator may switch on.

Most are little used by receivers: a hit says more about the host than it costs in mail, so that
each alerts and stops nobody unless the configuration says otherwise.
"""

from datetime import timedelta

from engine.ids import Zone
from engine.rules.dnsbl_catalogue.block_list import BlockList, Code

MAILSPIKE = Zone("bl.mailspike.net")
HOSTKARMA = Zone("hostkarma.junkemailfilter.com")
ABUSIX = Zone("combined.mail.abusix.zone")

_UCEPROTECT_SOURCE = "http://www.uceprotect.net/en/index.php?m=7&s=7"
_YUNOHOST = "https://github.com/YunoHost/yunohost/blob/dev/share/dnsbl_list.yml"
_SAUTHOFF = "https://github.com/gsauthof/utility/blob/master/check-dnsbl.py"

# blocklist.de counts the services that were attacked, from 127.0.0.2 on.
_ATTACKED = (
    *("amavis", "apacheddos", "asterisk", "badbot", "ftp", "imap", "ircbot", "mail", "pop3"),
    *("regbot", "rfi-attack", "sasl", "ssh", "w00tw00t", "portflood", "sql-injection", "webmin"),
    *("trigger-spam", "manual", "bruteforcelogin", "mysql"),
)

OF_ADDRESSES = (
    BlockList(
        zone=Zone("dnsbl-2.uceprotect.net"),
        name="UCEPROTECT level 2",
        listings={"127.0.0.2": Code("neighbours hit traps: the whole allocation is listed")},
        severity="info",
        removal="Only the provider can: the listing ends when its neighbours stop hitting traps.",
        delisting="http://www.uceprotect.net/en/rblcheck.php?ipr={ip}",
        min_interval=timedelta(hours=1),
        source=_UCEPROTECT_SOURCE,
    ),
    BlockList(
        zone=Zone("dnsbl-3.uceprotect.net"),
        name="UCEPROTECT level 3",
        listings={"127.0.0.2": Code("the provider's whole network (AS) is listed")},
        severity="info",
        removal="Only the provider can: the whole network is judged.",
        delisting="http://www.uceprotect.net/en/rblcheck.php?ipr={ip}",
        min_interval=timedelta(hours=1),
        source=_UCEPROTECT_SOURCE,
    ),
    BlockList(
        zone=MAILSPIKE,
        name="Mailspike",
        listings={
            "127.0.0.2": Code("in a wave of spam that is under way", "Z"),
            "127.0.0.10": Code("worst reputation", "L5"),
            "127.0.0.11": Code("very bad reputation", "L4"),
            "127.0.0.12": Code("bad reputation", "L3"),
        },
        removal="Ask by the form once the cause is mended; it takes 6 to 36 hours.",
        delisting="https://mailspike.io/ip_verify",
        budget_per_day=100_000,
        source="https://mailspike.org/usage.html",
    ),
    BlockList(
        zone=ABUSIX,
        name="Abusix Mail Intelligence",
        listings={
            "127.0.0.2": Code("hit a spam trap; expires about 5 days after the last hit", "black"),
            "127.0.0.3": Code("neighbours of low reputation", "black", "low"),
            "127.0.0.200": Code("listed by hand", "black"),
            "127.0.0.4": Code("exploited or infected host", "exploit"),
            "127.0.0.11": Code("generic host name (PTR)", "dynamic", "policy"),
            "127.0.0.12": Code("no host name (PTR)", "dynamic", "policy"),
        },
        ranges=("127.0.0.11", "127.0.0.12"),
        severity="high",
        removal=(
            "Remove the address on the page; black ends by itself about 5 days after the last"
            " hit. For dynamic, give the address a name of its own (PTR) first."
        ),
        delisting="https://lookup.abusix.com/search?q={ip}",
        ipv6=True,
        keyed="{key}.combined.mail.abusix.zone",
        key_of="abusix",
        key_needed=True,
        source="https://docs.abusix.com/abusix-mail-intelligence/production-zones",
    ),
    BlockList(
        zone=Zone("bl.0spam.org"),
        name="0Spam",
        listings={"127.0.0.2": Code("spam source")},
        severity="low",
        removal="Ask by the form on the page.",
        delisting="https://0spam.org/",
        source=_SAUTHOFF,
    ),
    BlockList(
        zone=HOSTKARMA,
        name="Hostkarma",
        listings={"127.0.0.2": Code("spam source", "black"), "127.0.0.4": Code("mixed", "brown")},
        harmless={
            "127.0.0.1": "white: sends no spam",
            "127.0.0.3": "yellow: sends spam and good mail, to be judged by other means",
            "127.0.0.5": "NOBL: not to be listed by others",
            "127.0.1.1": "says QUIT as it should",
        },
        must_not_list=(),  # it lists 127.0.0.1, as white (rspamd#1662)
        severity="low",
        removal="Remove the address on the page.",
        delisting="http://ipadmin.junkemailfilter.com/remove.php?ip={ip}",
        source=_YUNOHOST,
    ),
    BlockList(
        zone=Zone("truncate.gbudb.net"),
        name="GBUdb Truncate",
        listings={"127.0.0.2": Code("nearly everything that came from it was spam")},
        severity="low",
        removal="It cannot be asked for: the listing ends some days after the spam does.",
        delisting="http://www.gbudb.com/truncate/how-ips-are-removed.jsp",
        min_interval=timedelta(minutes=10),  # it is built as often
        source=_YUNOHOST,
    ),
    BlockList(
        zone=Zone("all.s5h.net"),
        name="s5h",
        listings={"127.0.0.2": Code("spam source; the host itself may remove it")},
        severity="low",
        removal="Open the page from the listed host itself: it is removed at once.",
        delisting="https://www.usenix.org.uk/content/rblremove",
        ipv6=True,
        source=_SAUTHOFF,
    ),
    BlockList(
        zone=Zone("ips.backscatterer.org"),
        name="Backscatterer",
        listings={
            "127.0.0.2": Code("answers spam with bounces or calls back; expires after 4 weeks")
        },
        severity="info",
        removal=(
            "Stop bouncing and answering what was accepted already; it ends after 4 weeks. Do"
            " not pay for an express removal."
        ),
        delisting="http://www.backscatterer.org/?target=test&ip={ip}",
        source=_YUNOHOST,
    ),
    BlockList(
        zone=Zone("dnsbl.dronebl.org"),
        name="DroneBL",
        listings={
            "127.0.0.3": Code("IRC drone"),
            "127.0.0.5": Code("floods chat rooms"),
            "127.0.0.6": Code("worm or spam bot"),
            "127.0.0.7": Code("DDoS drone"),
            "127.0.0.8": Code("open SOCKS proxy"),
            "127.0.0.9": Code("open HTTP proxy"),
            "127.0.0.10": Code("chain of proxies"),
            "127.0.0.11": Code("web page proxy"),
            "127.0.0.12": Code("open DNS resolver"),
            "127.0.0.13": Code("guesses passwords"),
            "127.0.0.14": Code("open Wingate proxy"),
            "127.0.0.15": Code("compromised router"),
            "127.0.0.16": Code("worm that breaks into hosts"),
            "127.0.0.17": Code("taken for part of a botnet, by machine"),
            "127.0.0.18": Code("name or mail server that may be compromised"),
            "127.0.0.19": Code("abused VPN"),
            "127.0.0.255": Code("not classified"),
        },
        test_codes=("127.0.0.2",),
        severity="low",
        removal="Clean the host, then ask on the page.",
        delisting="https://dronebl.org/lookup?ip={ip}",
        source="https://dronebl.org/docs/howtouse",
    ),
    BlockList(
        zone=Zone("bl.blocklist.de"),
        name="blocklist.de",
        listings={
            f"127.0.0.{number}": Code(f"attacks others ({service}); expires after 48 h", service)
            for number, service in enumerate(_ATTACKED, start=2)
        },
        severity="low",
        removal="Stop the attacks that come from the host; it ends by itself after about 48 hours.",
        delisting="https://www.blocklist.de/en/view.html?ip={ip}",
        source="http://blocklist.de/de/rbldns.html",
    ),
    BlockList(
        zone=Zone("bl.score.senderscore.com"),
        name="Validity Sender Score",
        listings={"127.0.0.2": Code("poor sender score")},
        errors={"127.255.255.255": "the resolver is not registered with MyValidity, or asks much"},
        removal="No removal: the score rises with complaints, traps and unknown users going down.",
        delisting="https://senderscore.org/assess/get-your-score/report/?lookup={ip}",
        budget_per_day=333,  # 10,000 in 30 days for whoever is not registered
        source="https://github.com/rspamd/rspamd/issues/5907",
    ),
    BlockList(
        zone=Zone("bl.nordspam.com"),
        name="NordSpam",
        listings={"127.0.0.2": Code("spam source")},
        severity="low",
        removal="Ask by the form on the page.",
        delisting="https://www.nordspam.com/delisting/",
        ipv6=True,
        source=_YUNOHOST,
    ),
    BlockList(
        zone=Zone("bl.suomispam.net"),
        name="Suomispam",
        listings={"127.0.0.2": Code("spam source")},
        test_codes=("127.0.0.99",),
        severity="low",
        removal="Ask as the page says.",
        delisting="https://suomispam.net/",
        ipv6=True,
        source=_YUNOHOST,
    ),
    BlockList(
        zone=Zone("dnsbl.zapbl.net"),
        name="ZapBL",
        listings={"127.0.0.2": Code("spam source")},
        severity="low",
        removal="Ask as the page says.",
        delisting="https://zapbl.net/",
        source=_SAUTHOFF,
    ),
    BlockList(
        zone=Zone("bl.spameatingmonkey.net"),
        name="Spam Eating Monkey",
        listings={"127.0.0.2": Code("spam source")},
        severity="low",
        removal="Ask by the form on the page.",
        delisting="https://spameatingmonkey.com/lookup/{ip}",
        source=_YUNOHOST,
    ),
)
