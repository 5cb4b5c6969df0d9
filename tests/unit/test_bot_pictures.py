"""Pictures: what a reader of PNG finds in them."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bot import pictures
from engine.bot.draw import png
from engine.bot.draw.canvas import Canvas, Colour
from engine.bot.draw.glyphs import FULL, HEIGHT, WIDTH, cover
from engine.bot.pictures import BLUE, GREEN, RED, WHITE, Curve

BLACK = (0, 0, 0)


class Seen:
    """A PNG, read by the chunks of the standard."""

    def __init__(self, data: bytes) -> None:
        assert data.startswith(png.SIGNATURE)
        at, pixels = len(png.SIGNATURE), b""
        while at < len(data):
            (size,) = struct.unpack_from(">I", data, at)
            kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
            (check,) = struct.unpack_from(">I", data, at + 8 + size)
            assert check == zlib.crc32(kind + body)
            if kind == b"IHDR":
                self.width, self.height, *rest = struct.unpack(">IIBBBBB", body)
                assert rest == [8, 2, 0, 0, 0]
            pixels += body if kind == b"IDAT" else b""
            at += 12 + size
        self.rows = zlib.decompress(pixels)
        assert len(self.rows) == self.height * (3 * self.width + 1)

    def at(self, x: int, y: int) -> Colour:
        start = y * (3 * self.width + 1) + 1 + 3 * x
        red, green, blue = self.rows[start : start + 3]
        return red, green, blue

    def has(self, colour: Colour) -> bool:
        width = range(self.width)
        return any(self.at(x, y) == colour for y in range(self.height) for x in width)


def test_a_box_fills_its_pixels_and_no_others() -> None:
    canvas = Canvas(6, 5, WHITE)
    canvas.box(2, 1, 4, 3, RED)
    canvas.box(-9, -9, 0, 99, BLUE)
    canvas.box(5, 4, 99, 99, GREEN)
    seen = Seen(canvas.png())
    red = {(x, y) for x in range(6) for y in range(5) if seen.at(x, y) == RED}
    assert red == {(2, 1), (3, 1), (2, 2), (3, 2)}
    assert seen.at(5, 4) == GREEN
    assert not seen.has(BLUE)


def test_a_line_is_dark_along_its_middle_and_fades_at_its_edge() -> None:
    canvas = Canvas(20, 11, WHITE)
    canvas.line([(3, 5.5), (16, 5.5)], BLACK, 3)
    seen = Seen(canvas.png())
    assert seen.at(10, 5) == seen.at(10, 4) == seen.at(10, 6) == BLACK
    assert seen.at(10, 3) == WHITE
    canvas.line([(10.5, 0), (10.5, 10)], RED, 2)
    assert Seen(canvas.png()).at(9, 9) not in (RED, WHITE)


@given(st.tuples(*[st.floats(-20, 40)] * 5))
@settings(max_examples=100)
def test_what_lies_outside_is_not_drawn_and_breaks_nothing(of: tuple[float, ...]) -> None:
    canvas = Canvas(16, 16, WHITE)
    canvas.line([(of[0], of[1]), (of[2], of[3])], BLACK)
    canvas.disc((of[0], of[3]), abs(of[4]), RED)
    canvas.text(of[0], of[1], "outside", BLACK)
    canvas.box(of[0], of[1], of[2], of[3], BLUE)
    assert Seen(canvas.png()).width == 16


def test_every_letter_has_a_shape_of_its_own() -> None:
    shapes = {cover(chr(code)) for code in range(33, 127)}
    assert len(shapes) == 94
    assert all(len(shape) == WIDTH * HEIGHT and max(shape) == FULL for shape in shapes)
    assert not any(cover(" "))
    assert cover("ж") == cover("?")


def curve(stage: int = 2, **sent: int) -> Curve:
    return Curve(
        title="192.0.2.1  acme",
        caps=(50, 200, 500, 1_500, 5_000, 10_000),
        stage=stage,
        stage_days=7,
        first_day="2026-01-12",
        today="2026-01-15",
        sent={f"2026-01-{day[1:]}": number for day, number in sent.items()},
    )


def test_a_curve_has_a_bar_where_something_was_sent_and_none_elsewhere() -> None:
    step = (1_120 - 28 - 120) / 42
    for of, days in ((curve(), []), (curve(d05=50, d14=200, d04=9), [0, 9])):
        seen = Seen(pictures.curve(of))
        bars = [n for n in range(42) if seen.at(round(120 + (n + 0.5) * step), 505) == BLUE]
        assert bars == days


@pytest.mark.parametrize(
    "of",
    [
        curve(stage=1),
        curve(d01=10**7),
        curve(d12=-1),
        Curve(
            title="x" * 200,
            caps=(1,),
            stage=1,
            stage_days=1,
            first_day="2026-01-12",
            today="2027-01-01",
            sent={},
        ),
        Curve(
            title="ж",
            caps=tuple(range(1, 61)),
            stage=60,
            stage_days=365,
            first_day="2026-01-12",
            today="2026-01-12",
            sent={"2020-01-01": 5},
        ),
    ],
)
def test_odd_ladders_are_drawn_too(of: Curve) -> None:
    seen = Seen(pictures.curve(of))
    assert (seen.width, seen.height) == (1_120, 630)


def test_a_matrix_has_a_cell_for_each_address_and_list() -> None:
    cells = {"192.0.2.1": {"a.test": "listed", "b.test": "clean"}, "192.0.2.2": {"a.test": "clean"}}
    seen = Seen(pictures.matrix(cells))
    left, top = 28 + 9 * WIDTH + 20, 28 + 2 * HEIGHT + 10
    at = [[seen.at(left + 96 * m + 5, top + 36 * n + 5) for m in (0, 1)] for n in (0, 1)]
    assert at == [[RED, GREEN], [GREEN, pictures.GREY]]


@pytest.mark.parametrize("many", [1, 40])
def test_a_matrix_has_sides_that_telegram_takes(many: int) -> None:
    zones = {f"{'x' * 60}{n}.test": "clean" for n in range(12)}
    seen = Seen(pictures.matrix({f"2001:db8::{n:x}": zones for n in range(many)}))
    assert seen.width + seen.height <= 10_000
    assert max(seen.width, seen.height) <= 20 * min(seen.width, seen.height)
