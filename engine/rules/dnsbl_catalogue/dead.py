"""Zones that are not to be asked, by the reason.

A dead zone calls everybody clean, until whoever takes its name over calls everybody listed.
"""

from engine.ids import Zone

_CLOSED = "it has been closed for years; whoever owns the name now may answer anything"
_ABUSE_CH = "abuse.ch closed its DNS lists"
_MSRBL = "MSRBL is gone"

DEAD = {
    "sorbs.net": "Proofpoint closed SORBS on 5 June 2024 and emptied its zones",
    "ix.dnsbl.manitu.net": "NiX Spam was closed on 16 January 2025 (heise.de/-10248714)",
    "dnsbl.inps.de": _CLOSED,
    "njabl.org": _CLOSED,
    "ahbl.org": "AHBL closed in 2015, and then listed everybody",
    "bl.spamcannibal.org": _CLOSED,
    "combined.abuse.ch": _ABUSE_CH,
    "spam.abuse.ch": _ABUSE_CH,
    "drone.abuse.ch": _ABUSE_CH,
    "msrbl.net": _MSRBL,
    "virbl.bit.nl": _CLOSED,
    "virbl.dnsbl.bit.nl": _CLOSED,
    "ubl.unsubscore.com": _CLOSED,
    "db.wpbl.info": "it is said to be closed, and nobody has shown it alive",
    "dnsbl.darklist.de": _CLOSED,
    "list.bbfh.org": _CLOSED,
    "hil.habeas.com": _CLOSED,
    "rfc-ignorant.org": _CLOSED,
    "blackholes.five-ten-sg.com": _CLOSED,
    "cbl.abuseat.org": "CBL became a part of Spamhaus XBL, which is read from ZEN's answer",
}

UNFIT = {
    "list.dnswl.org": "it is a list of good senders: being in it is no listing",
    "wl.mailspike.net": "it is a list of good senders: being in it is no listing",
    "rep.mailspike.net": "it gives each address a grade; bl.mailspike.net holds the bad ones",
    "score.senderscore.com": "it gives each address a score; bl.score.senderscore.com lists",
    "black.uribl.com": "it is one bit of multi.uribl.com: switch that on",
    "grey.uribl.com": "it is one bit of multi.uribl.com: switch that on",
    "red.uribl.com": "it is one bit of multi.uribl.com: switch that on",
    "bl.ipv6.spameatingmonkey.net": "it holds IPv6 addresses alone, and cannot be proved by IPv4",
    "dnsrbl.swinog.ch": "it holds no test entry (127.0.0.2), so that nothing can prove it alive",
    "ivmsip.invaluement.com": "subscribers have zones of their own: add yours under [dnsbl.own]",
    "ivmsip24.invaluement.com": "subscribers have zones of their own: add yours under [dnsbl.own]",
    "ivmuri.invaluement.com": "subscribers have zones of their own: add yours under [dnsbl.own]",
}


def why_not(zone: Zone) -> str | None:
    """Why this zone is not to be asked, or the dead one that it lies in; None: nothing is known
    against it.
    """
    if zone in UNFIT:
        return UNFIT[zone]
    labels = zone.split(".")
    names = (".".join(labels[first:]) for first in range(len(labels)))
    return next((DEAD[name] for name in names if name in DEAD), None)
