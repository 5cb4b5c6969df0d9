"""What must hold before an address starts to warm up (DESIGN §4), each guard named."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from engine.ids import Zone
from engine.projections.ip_row import IpRow
from engine.rules import listing, looking, timing
from engine.rules.dnsbl_catalogue import PBL, Catalogue
from engine.values.evidence import Guards

FCRDNS_FRESH = 3 * timing.FCRDNS_EVERY
ALWAYS = datetime.max.replace(tzinfo=UTC)


def check(row: IpRow, catalogue: Catalogue) -> Guards | tuple[str, ...]:
    """The guards as they hold, or what the address waits for, for people to read."""
    waits = (*_dns(row), *_lists(row, catalogue), *_spf(row))
    if waits:
        return waits
    return Guards(
        hostname=hostname(row),
        fcrdns=row.ptr.at,
        lists=row.lists.at,
        proved=row.lists.proved,
        unproved=row.lists.unproved,
        spf="pass" if row.spf else "not_checked",
        spf_looks={name: one.at for name, one in sorted(row.spf.items())},
    )


def hostname(row: IpRow) -> str:
    """As given, else the first PTR name that points back."""
    return row.hostname or next(iter(row.ptr.confirmed or ()), "")


def _dns(row: IpRow) -> tuple[str, ...]:
    confirmed = row.ptr.confirmed
    if confirmed is None:
        said = f" ({row.ptr.why})" if row.ptr.why else ""
        return (f"fcrdns: the reverse DNS of {row.ip} is not known yet{said}",)
    if not confirmed:
        return (f"fcrdns: {row.ptr.why or f'no PTR name of {row.ip} points back to it'}",)
    if row.hostname and row.hostname not in confirmed:
        names = ", ".join(confirmed)
        return (f"fcrdns: {row.hostname} is not among the confirmed PTR names ({names})",)
    return ()


def barring(row: IpRow, catalogue: Catalogue) -> tuple[Zone, ...]:
    """The lists whose word on it counts (DESIGN §4): not those that are only told about, held in
    suspicion, or whose listing a person bears.
    """
    words = row.lists.words
    names = listing.actions(listing.listed_now(words.standing), words.actions, catalogue)
    return tuple(
        zone
        for zone, action in names.items()
        if listing.bars(zone, action) and zone not in words.acknowledged and not words.doubted(zone)
    )


def _lists(row: IpRow, catalogue: Catalogue) -> tuple[str, ...]:
    lists = row.lists
    waits = [_listed(zone) for zone in barring(row, catalogue)]
    refusing = listing.actions(lists.refusing, lists.words.actions, catalogue)
    waits += [
        f"refused: {zone} refuses to answer us"
        for zone, action in refusing.items()
        if listing.bars(zone, action)
    ]
    if not lists.proved:
        waits.append("lists: no block list has given an answer that counts yet")
    return tuple(waits)


def stale(row: IpRow, now: datetime) -> tuple[str, ...]:
    """What was found out so long ago that it says nothing of today, for people to read: the engine
    was off meanwhile.  The looks are due, so nothing waits for it long.
    """
    return tuple(
        f"{what} was looked at last on {at:%Y-%m-%d %H:%M} UTC, and the next look is due"
        for what, at, fresh in _looks(row)
        if now - at > fresh
    )


def fresh_until(row: IpRow) -> datetime:
    """What was found out says enough of today up to then."""
    return min((at + fresh for _, at, fresh in _looks(row)), default=ALWAYS)


def _looks(row: IpRow) -> Iterator[tuple[str, datetime, timedelta]]:
    if row.ptr.looked_at is not None:
        yield "fcrdns: its reverse DNS", row.ptr.looked_at, FCRDNS_FRESH
    if row.lists.looked_at is not None:
        yield "lists: it", row.lists.looked_at, looking.FRESH


def _listed(zone: Zone) -> str:
    if zone == PBL:
        return (
            f"listed: {zone} lists it: its range must not send mail directly, which is a fault of"
            " provisioning; its provider, or you on the list's page, can end it"
        )
    return f"listed: {zone} lists it"


def _spf(row: IpRow) -> tuple[str, ...]:
    """Of every registered domain that it sends for; where none is, SPF holds nobody."""
    return tuple(_of(row, name) for name, one in sorted(row.spf.items()) if not one.authorises)


def _of(row: IpRow, domain: str) -> str:
    spf = row.spf[domain]
    if spf.result is None:
        said = f" ({spf.why})" if spf.why else ""
        return f"spf: whether {domain} lets {row.ip} send is not known yet{said}"
    said = f": {spf.why}" if spf.why else ""
    return (
        f"spf: {domain} does not let {row.ip} send ({spf.result}{said});"
        f" GET /api/v2/domains/{domain} tells what to publish"
    )
