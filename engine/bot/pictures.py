"""Where people would rather look: the curve of a warm-up, and addresses against block lists."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import ceil, log10

from msgspec import Struct

from engine.bot.draw import glyphs
from engine.bot.draw.canvas import Canvas, Colour, Point

WHITE, INK, FAINT, GRID = (255, 255, 255), (33, 37, 41), (134, 142, 150), (222, 226, 230)
BLUE, ORANGE = (66, 146, 198), (217, 72, 1)
RED, GREEN, AMBER, GREY = (214, 57, 57), (116, 184, 123), (245, 190, 65), (206, 212, 218)
MARGIN = 28
LETTER, LINE = glyphs.WIDTH, glyphs.HEIGHT


class Curve(Struct, frozen=True, kw_only=True):
    title: str
    caps: tuple[int, ...]  # messages a day, by stage
    stage: int  # from 1
    stage_days: int
    first_day: str  # of the stage, as a date
    today: str
    sent: Mapping[str, int]  # by day


# --- the curve of a warm-up -----------------------------------------------------------------------

WIDE, HIGH = 1_120, 630
_LEFT, _RIGHT, _TOP, _BOTTOM = 120, WIDE - MARGIN, 110, HIGH - 120


def curve(of: Curve) -> bytes:
    """PNG.  Logarithmic, for a ladder rises from tens to tens of thousands."""
    canvas = Canvas(WIDE, HIGH, WHITE)
    canvas.text(MARGIN, 20, of.title, INK)
    canvas.text(MARGIN, 54, f"stage {of.stage} of {len(of.caps)}, messages a day", FAINT)
    top = max(1, ceil(log10(max(1, *of.caps, *of.sent.values()))))
    _scale(canvas, top)
    step = (_RIGHT - _LEFT) / (len(of.caps) * of.stage_days)
    _stages(canvas, of, step)
    for day, number in _placed(of):
        x = _LEFT + day * step
        canvas.box(x + 2, _y(number, top), x + step - 2, _BOTTOM, BLUE)
    canvas.line(list(_ladder(of, step, top)), ORANGE, 4)
    if 0 <= (now := _day(of, of.today)) < len(of.caps) * of.stage_days:
        canvas.disc((_LEFT + (now + 0.5) * step, _y(of.caps[of.stage - 1], top)), 9, ORANGE)
    _legend(canvas, (("sent", BLUE), ("ladder", ORANGE)), HIGH - 44)
    return canvas.png()


def _scale(canvas: Canvas, top: int) -> None:
    for power in range(top + 1):
        y, words = _y(10**power, top), f"{10**power:,}"
        canvas.box(_LEFT, y, _RIGHT, y + 1, GRID)
        canvas.text(_LEFT - 10 - LETTER * len(words), y - LINE / 2, words, FAINT)


def _stages(canvas: Canvas, of: Curve, step: float) -> None:
    wide = of.stage_days * step
    for n, cap in enumerate(of.caps):
        x = _LEFT + n * wide
        canvas.box(x, _BOTTOM, x + 1, _BOTTOM + 10, FAINT)
        words = f"{cap:,}"
        if wide > LETTER * (len(words) + 1):
            colour = INK if n + 1 == of.stage else FAINT
            canvas.text(x + (wide - LETTER * len(words)) / 2, _BOTTOM + 14, words, colour)


def _placed(of: Curve) -> Iterator[tuple[int, int]]:
    """Days on the ladder and what was sent; those before it, or beyond its end, have no place."""
    for day, number in of.sent.items():
        place = _day(of, day)
        if number > 0 and 0 <= place < len(of.caps) * of.stage_days:
            yield place, number


def _day(of: Curve, day: str) -> int:
    """From 0, as if every stage before had lasted its days: one that was held moves its past."""
    since = (date.fromisoformat(day) - date.fromisoformat(of.first_day)).days
    return (of.stage - 1) * of.stage_days + since


def _ladder(of: Curve, step: float, top: int) -> Iterator[Point]:
    for n, cap in enumerate(of.caps):
        yield _LEFT + n * of.stage_days * step, _y(cap, top)
        yield _LEFT + (n + 1) * of.stage_days * step, _y(cap, top)


def _y(number: int, top: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * log10(max(1, number)) / top


# --- addresses against block lists ----------------------------------------------------------------

_COLOURS: Mapping[str, Colour] = {"listed": RED, "clean": GREEN, "refused": AMBER}
_CELL, _ROW = 96, 36


def matrix(cells: Mapping[str, Mapping[str, str]]) -> bytes:
    """PNG.  ``cells``: address -> list -> what its last answer counts for."""
    zones = sorted({zone for row in cells.values() for zone in row})
    names = LETTER * max(len(ip) for ip in cells)
    deep = LINE * len(zones)
    left, top = MARGIN + names + 20, MARGIN + deep + 10
    wide = max(left + _CELL * len(zones) + MARGIN, _legend_wide(_LEGEND) + 2 * MARGIN)
    wide = max(wide, left + max(_label_wide(zones), default=0) + MARGIN)
    canvas = Canvas(wide, top + _ROW * len(cells) + 70, WHITE)
    for n, zone in enumerate(zones):
        _label(canvas, zone, left + n * _CELL, MARGIN + n * LINE, top)
    for n, (ip, row) in enumerate(cells.items()):
        y = top + n * _ROW
        canvas.text(MARGIN, y + (_ROW - LINE) / 2, ip, INK)
        for m, zone in enumerate(zones):
            x = left + m * _CELL
            word = row.get(zone, "")
            canvas.box(x + 2, y + 2, x + _CELL - 2, y + _ROW - 2, _COLOURS.get(word, GREY))
            if word == "listed":  # not everybody tells red from green
                words = x + (_CELL - LETTER * len(word)) / 2
                canvas.text(words, y + (_ROW - LINE) / 2, word, WHITE)
    _legend(canvas, _LEGEND, top + _ROW * len(cells) + 22)
    return canvas.png()


def _label(canvas: Canvas, zone: str, x: int, y: int, top: int) -> None:
    """Each a line lower than the one before, with a thread down to its column."""
    middle = x + _CELL / 2
    canvas.box(middle, y + LINE / 2, middle + 1, top, GRID)
    canvas.text(middle + 6, y, zone, INK)


def _label_wide(zones: Sequence[str]) -> list[int]:
    return [n * _CELL + _CELL // 2 + 6 + LETTER * len(zone) for n, zone in enumerate(zones)]


_LEGEND = (("listed", RED), ("clean", GREEN), ("refused", AMBER), ("no answer, not proved", GREY))


def _legend_wide(of: Sequence[tuple[str, Colour]]) -> int:
    return sum(LETTER * (len(name) + 4) for name, _ in of)


def _legend(canvas: Canvas, of: Sequence[tuple[str, Colour]], y: float) -> None:
    x: float = MARGIN
    for name, colour in of:
        canvas.box(x, y + 4, x + 18, y + 22, colour)
        canvas.text(x + 26, y, name, INK)
        x += LETTER * (len(name) + 4)
