"""A plot as SVG: what the fleet may send and sent, day by day, and each address's way beneath."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import log10
from xml.sax.saxutils import escape, quoteattr

from engine.app.whatif.result import Day, Result
from engine.ids import IpAddr
from engine.values.phase import Phase

LEFT, RIGHT, TOP = 130, 20, 40  # pixels
CHART, GAP, ROW = 220, 50, 14
WIDE = 1_000
_BLUES = ("#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c")
_COLOURS = {Phase.ACTIVE: "#31a354", Phase.RETIRING: "#fdae6b", Phase.RESTING: "#bdbdbd"}
_STOPPED, _STANDBY, _HELD = "#de2d26", "#f0f0f0", "#fdd835"
_LEGEND = (
    *(("stage 1", _BLUES[0]), ("last stages", _BLUES[-1]), ("held", _HELD)),
    *(("ACTIVE", _COLOURS[Phase.ACTIVE]), ("listed", _STOPPED), ("STANDBY", _STANDBY)),
    *(("RETIRING", _COLOURS[Phase.RETIRING]), ("RESTING", _COLOURS[Phase.RESTING])),
)


def plot(result: Result) -> str:
    ips = [one.ip for one in result.fleet.ips]
    high = TOP + CHART + GAP + ROW * (len(ips) + 2)
    title = f"{len(ips):,} addresses, {result.weeks} weeks, seed {result.seed}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}"'
        f' viewBox="0 0 {WIDE} {high}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDE}" height="{high}" fill="#ffffff"/>',
        _text(LEFT, 20, title, size=14),
        *_chart(result),
        *_ways(result, ips),
        *_legend(high - ROW),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


# --- what may be sent, and what was ---------------------------------------------------------------


def _chart(result: Result) -> Iterator[str]:
    """On a logarithmic scale: a ladder rises from tens to tens of thousands."""
    by_day = [list(of_day) for _, of_day in groupby(result.days, key=lambda one: one.day)]
    caps = [sum(one.sent.most for one in of_day) for of_day in by_day]
    sent = [sum(one.sent.counts.sent for one in of_day) for of_day in by_day]
    top = max(1, *(len(str(one)) for one in (*caps, *sent)))  # powers of ten
    for power in range(top + 1):
        y = _y(10**power, top)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDE - RIGHT}" stroke="#e0e0e0"/>'
        yield _text(LEFT - 6, y + 4, f"{10**power:,}", anchor="end")
    step = _step(len(by_day))
    for n, number in enumerate(sent):
        y = _y(number, top)
        yield (
            f'<rect x="{LEFT + n * step:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}"'
            f' height="{TOP + CHART - y:.1f}" fill="#6baed6">'
            f"<title>day {n + 1}: {number:,} sent, {caps[n]:,} allowed</title></rect>"
        )
    points = " ".join(
        f"{LEFT + (n + 0.4) * step:.1f},{_y(number, top):.1f}" for n, number in enumerate(caps)
    )
    yield f'<polyline points="{points}" fill="none" stroke="#d94801" stroke-width="1.5"/>'
    for week in range(result.weeks):
        yield _text(LEFT + week * 7 * step, TOP + CHART + 15, f"week {week + 1}")
    yield _text(LEFT, TOP - 6, "bars: messages sent a day; line: the caps of the day")


def _y(number: int, top: int) -> float:
    return TOP + CHART * (1 - log10(max(1, number)) / top)


def _step(days: int) -> float:
    return (WIDE - LEFT - RIGHT) / days


# --- the way of each address ----------------------------------------------------------------------


def _ways(result: Result, ips: Sequence[IpAddr]) -> Iterator[str]:
    rows = {ip: TOP + CHART + GAP + ROW * n for n, ip in enumerate(ips)}
    of_ip: dict[IpAddr, list[Day]] = {ip: [] for ip in ips}
    for one in result.days:
        of_ip[one.ip].append(one)
    step = _step(7 * result.weeks)
    for ip, way in of_ip.items():
        yield _text(LEFT - 6, rows[ip] + ROW - 4, ip, anchor="end")
        for colour, alike in groupby(way, key=lambda one: (_colour(one), one.place, one.stage)):
            days = list(alike)
            first, last = days[0], days[-1]
            what = f"{ip}, days {first.day} to {last.day}: {first.place}, {first.cap:,} a day"
            yield (
                f'<rect x="{LEFT + (first.day - 1) * step:.1f}" y="{rows[ip]}"'
                f' width="{len(days) * step:.1f}" height="{ROW - 2}" fill={quoteattr(colour[0])}>'
                f"<title>{escape(what)}</title></rect>"
            )


def _colour(one: Day) -> str:
    if one.phase is Phase.STANDBY:
        return _STOPPED if one.reason == "listed" else _STANDBY
    if one.phase is Phase.WARMING:
        return _HELD if one.why else _BLUES[min(one.stage, len(_BLUES)) - 1]
    return _COLOURS[one.phase]


def _legend(y: float) -> Iterator[str]:
    for n, (name, colour) in enumerate(_LEGEND):
        x = LEFT + n * 105
        yield f'<rect x="{x}" y="{y}" width="10" height="10" fill="{colour}" stroke="#999999"/>'
        yield _text(x + 14, y + 9, name)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 11) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )
