"""A canvas of red, green and blue on which rectangles, lines, discs and letters are laid."""

import math
from collections.abc import Sequence
from itertools import pairwise

from engine.bot.draw import glyphs, png

Colour = tuple[int, int, int]
Point = tuple[float, float]  # pixels from the left and from the top


class Canvas:
    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self._pixels = bytearray(bytes(ground) * (width * height))

    def png(self) -> bytes:
        return png.encoded(self.width, self.height, bytes(self._pixels))

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """To whole pixels; what lies outside is not drawn."""
        first, last = max(0, round(left)), min(self.width, round(right))
        row = bytes(colour) * max(0, last - first)
        for y in range(max(0, round(top)), min(self.height, round(bottom))):
            at = 3 * (y * self.width + first)
            self._pixels[at : at + len(row)] = row

    def line(self, points: Sequence[Point], colour: Colour, thick: float = 3.0) -> None:
        """Through all points, with smooth edges."""
        for start, end in pairwise(points):
            self._stroke(start, end, colour, thick / 2)

    def disc(self, middle: Point, radius: float, colour: Colour) -> None:
        self._stroke(middle, middle, colour, radius)

    def text(self, left: float, top: float, words: str, colour: Colour) -> None:
        for n, letter in enumerate(words):
            self._letter(round(left) + n * glyphs.WIDTH, round(top), glyphs.cover(letter), colour)

    def _letter(self, left: int, top: int, cover: bytes, colour: Colour) -> None:
        for n, shade in enumerate(cover):
            if shade:
                x, y = left + n % glyphs.WIDTH, top + n // glyphs.WIDTH
                self._blend(x, y, colour, shade / glyphs.FULL)

    def _stroke(self, start: Point, end: Point, colour: Colour, radius: float) -> None:
        reach = radius + 1
        xs, ys = (start[0], end[0]), (start[1], end[1])
        for y in range(math.floor(min(ys) - reach), math.ceil(max(ys) + reach)):
            for x in range(math.floor(min(xs) - reach), math.ceil(max(xs) + reach)):
                away = _distance((x + 0.5, y + 0.5), start, end)
                self._blend(x, y, colour, min(1.0, max(0.0, radius + 0.5 - away)))

    def _blend(self, x: int, y: int, colour: Colour, share: float) -> None:
        if share <= 0 or not (0 <= x < self.width and 0 <= y < self.height):
            return
        at = 3 * (y * self.width + x)
        for n, value in enumerate(colour):
            was = self._pixels[at + n]
            self._pixels[at + n] = round(was + (value - was) * share)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a line that ends at both."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    square = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square if square else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
