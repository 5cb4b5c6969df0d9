"""Mailbox providers: who judges the sender of a message.

Limits and reputation are the mailbox operator's and not the recipient domain's: Gmail counts by MX
(support.google.com/a/answer/14229414), and Yahoo runs AOL's and AT&T's.  Domains are the
operators' own consumer domains, as each publishes them; MX hosts as their domains' DNS names them.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

OTHER = "other"
ROLLUP = ".rollup"

_DOMAINS: Mapping[str, str] = {
    "gmail": "gmail.com googlemail.com google.com",
    "microsoft": "outlook.com hotmail.com live.com msn.com passport.com windowslive.com",
    "yahoo": "yahoo.com ymail.com rocketmail.com myyahoo.com aol.com aim.com netscape.net love.com"
    " games.com wow.com verizon.net att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net"
    " nvbell.net prodigy.net snet.net swbell.net flash.net",
    "apple": "icloud.com me.com mac.com",
    "gmx": "gmx.net gmx.de gmx.at gmx.ch gmx.com gmx.fr gmx.co.uk web.de mail.com 1und1.de",
    "tonline": "t-online.de magenta.de",
    "orange": "orange.fr wanadoo.fr",
    "free": "free.fr",
    "sfr": "sfr.fr neuf.fr club-internet.fr cegetel.net numericable.fr",
    "laposte": "laposte.net",
    "bouygues": "bbox.fr",
    "comcast": "comcast.net xfinity.com",
    "charter": "charter.net spectrum.net roadrunner.com rr.com twc.com brighthouse.com",
    "cox": "cox.net",
    "libero": "libero.it virgilio.it inwind.it iol.it blu.it giallo.it",
    "tiscali": "tiscali.it",
    "telenet": "telenet.be",
    "proximus": "skynet.be proximus.be",
    "ziggo": "ziggo.nl home.nl upcmail.nl",
    "kpn": "kpnmail.nl planet.nl hetnet.nl xs4all.nl",
    "bt": "btinternet.com btopenworld.com talk21.com",
    "sky": "sky.com",
    "virgin": "virginmedia.com ntlworld.com blueyonder.co.uk",
    "mailru": "mail.ru bk.ru inbox.ru list.ru internet.ru",
    "yandex": "yandex.ru yandex.com ya.ru",
    "seznam": "seznam.cz email.cz",
    "proton": "proton.me protonmail.com pm.me",
    "zoho": "zoho.com zohomail.com",
    "netease": "163.com 126.com yeah.net",
    "tencent": "qq.com foxmail.com",
}
_DOMAIN = {domain: name for name, domains in _DOMAINS.items() for domain in domains.split()}
_COUNTRIES = re.compile(r"(yahoo|hotmail|live|outlook)\.(?:com?\.)?[a-z]{2}")
_COUNTRY = {"yahoo": "yahoo", "hotmail": "microsoft", "live": "microsoft", "outlook": "microsoft"}
_HOSTS: Mapping[str, str] = {
    "gmail": "google.com googlemail.com",
    "microsoft": "outlook.com hotmail.com mx.microsoft",
    "yahoo": "yahoodns.net",
    "apple": "icloud.com",
    "gmx": "gmx.net web.de mail.com",
    "tonline": "t-online.de",
    "orange": "orange.fr",
    "free": "free.fr",
    "sfr": "sfr.fr",
    "laposte": "laposte.net",
    "comcast": "comcast.net",
    "mailru": "mail.ru",
    "yandex": "yandex.net yandex.ru",
    "seznam": "seznam.cz",
    "proton": "protonmail.ch",
    "zoho": "zoho.com zoho.eu",
    "netease": "netease.com",
    "tencent": "qq.com",
    "mimecast": "mimecast.com",
    "proofpoint": "pphosted.com ppe-hosted.com",
    "barracuda": "barracudanetworks.com",
    "symantec": "messagelabs.com",
    "cisco": "iphmx.com",
    "godaddy": "secureserver.net",
    "rackspace": "emailsrvr.com",
    "ionos": "kundenserver.de ionos.com",
    "ovh": "ovh.net",
}
_MX = {end: name for name, ends in _HOSTS.items() for end in ends.split()}
PROVIDERS = frozenset({*_DOMAINS, *_HOSTS, OTHER})
_KEPT = 32_768  # the same names come with every piece of a file


@lru_cache(maxsize=_KEPT)
def of_domain(domain: str) -> str:
    """By the recipient's domain alone; "" where only its MX can tell."""
    name = domain.lower()
    found = _COUNTRIES.fullmatch(name)
    return _DOMAIN.get(name) or (_COUNTRY[found[1]] if found else "")


@lru_cache(maxsize=_KEPT)
def of_host(mta: str) -> str:
    """By the MX host, as accounting writes it: ``mx.host (192.0.2.1)``; "" where it is nobody's."""
    host = mta.partition(" ")[0].rstrip(".").lower()  # every name in _MX has two labels
    return _MX.get(".".join(host.rsplit(".", 2)[-2:]), "")


def of_queue(queue: str) -> str:
    """By the queue's name, where an operator rolled up a provider's: ``yahoo.rollup/vmta``."""
    first, dot, _ = queue.partition("/")[0].partition(ROLLUP)
    return first.lower() if dot and first.lower() in PROVIDERS else ""


def organisation(mta: str) -> str:
    """The domain of a receiving host, without the host's own part; "" for none."""
    labels = mta.split(" ", 1)[0].strip("[]").rstrip(".").lower().split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if short else -2 :])[:100]
