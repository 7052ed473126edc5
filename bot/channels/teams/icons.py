"""The two icons of the app, drawn: two rings that overlap, as on the page of the web chat."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

ACCENT = (0x0D, 0x4F, 0x5F)
_WHITE = (255, 255, 255)
_FINE = 4  # points per pixel in each direction, to draw smooth edges
# The rings on a field of 24 by 24: middle, outer and inner radius.
_RINGS = ((9.0, 12.0), (15.0, 12.0))
_OUTER, _INNER = 7.5, 5.5

_Point = Callable[[float, float], tuple[int, int, int, int]]


def color(size: int = 192) -> bytes:
    """White rings on a full square of colour, as PNG."""
    return _png(size, lambda x, y: (*_WHITE, 255) if _on_ring(x, y, 0.72) else (*ACCENT, 255))


def outline(size: int = 32) -> bytes:
    """White rings on nothing, as PNG."""
    return _png(size, lambda x, y: (*_WHITE, 255 if _on_ring(x, y, 1.0) else 0))


def _on_ring(x: float, y: float, part: float) -> bool:
    """Whether a place (0 to 1) is on a ring; the rings take that part of the field."""
    across, down = ((place - 0.5) / part * 24 + 12 for place in (x, y))
    distances = [((across - cx) ** 2 + (down - cy) ** 2) ** 0.5 for cx, cy in _RINGS]
    # Where the second crosses the first it goes under: so the two stay apart to the eye.
    first, second = (_INNER <= distance <= _OUTER for distance in distances)
    return first or (second and not _INNER - 0.8 < distances[0] < _OUTER + 0.8)


def _png(size: int, point: _Point) -> bytes:
    rows = b"".join(
        b"\0" + bytes(value for x in range(size) for value in _pixel(size, x, y, point)) for y in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _pixel(size: int, x: int, y: int, point: _Point) -> tuple[int, int, int, int]:
    steps = [(step + 0.5) / _FINE for step in range(_FINE)]
    found = [point((x + dx) / size, (y + dy) / size) for dx in steps for dy in steps]
    red, green, blue, alpha = (round(sum(values) / len(found)) for values in zip(*found, strict=True))
    return red, green, blue, alpha


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
