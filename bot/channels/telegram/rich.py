"""Text with links and weight, cut into pieces that fit one Telegram message.

A piece is cut between spans or at a space inside one, and written as HTML after that: so a cut
never falls inside a tag, an escaped character or a link, and inside a word only when the word
alone is too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

# Telegram counts what is left when the tags are gone, in UTF-16 units.
MAX_LENGTH = 4096
MAX_MARKED = 90  # it takes 100 links and weights in one message and drops the rest

# Where a piece may end, the best place first, and how far into the piece that place must be.
_BREAKS = (
    (re.compile(r"\n\s*\n"), 0.4),
    (re.compile(r"\n"), 0.4),
    (re.compile(r"(?<=[.?!…])\s+(?=[A-Z“‘(])"), 0.4),
    (re.compile(r"\s+"), 0.0),
)


@dataclass(frozen=True)
class Span:
    """A stretch of text in one form; `tag` is one of Telegram's own (b, i, pre)."""

    text: str
    tag: str = ""
    href: str = ""

    @property
    def html(self) -> str:
        """The span as Telegram reads it."""
        shown = escape(self.text, quote=False)
        if self.href:
            shown = f'<a href="{escape(self.href)}">{shown}</a>'
        return f"<{self.tag}>{shown}</{self.tag}>" if self.tag else shown


def length(text: str) -> int:
    """How long Telegram finds a text."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def html(spans: Sequence[Span]) -> str:
    """The spans as one text for Telegram."""
    return "".join(span.html for span in spans)


def pieces(spans: Sequence[Span], limit: int) -> Iterator[tuple[Span, ...]]:
    """Cut `spans` into pieces of at most `limit`, each without blanks at its ends."""
    rest = _trimmed(spans)
    while rest:
        place = _place(rest, limit)
        if head := _trimmed(_until(rest, place)):
            yield head
        rest = _trimmed(_from(rest, place))


def _place(spans: Sequence[Span], limit: int) -> int:
    """Where the first piece ends, counted in characters."""
    text = "".join(span.text for span in spans)
    fits = _fitting(spans, limit)
    if fits == len(text):
        return fits
    place = _break(text, fits)
    for start, end in _links(spans):
        if start < place < end:
            # Keep a link whole, if anything stands before it.
            place = _break(text, start) if text[:start].strip() else place
    return place


def _fitting(spans: Sequence[Span], limit: int) -> int:
    fits = marked = 0
    for span in spans:
        marked += bool(span.tag) + bool(span.href)
        if marked > MAX_MARKED:
            return fits
        for character in span.text:
            limit -= 2 if ord(character) > 0xFFFF else 1
            if limit < 0:
                return max(fits, 1)
            fits += 1
    return fits


def _break(text: str, fits: int) -> int:
    for pattern, least in _BREAKS:
        # A blank right behind what fits is a place too.
        ends = [match.start() for match in pattern.finditer(text, 0, fits + 1) if match.start() <= fits]
        if ends and ends[-1] > fits * least:
            return ends[-1]
    return fits


def _links(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """From where to where the links stand, the last first."""
    found, start = [], 0
    for span in spans:
        if span.href:
            found.append((start, start + len(span.text)))
        start += len(span.text)
    return found[::-1]


def _until(spans: Sequence[Span], place: int) -> Iterator[Span]:
    for span in spans:
        if place <= 0:
            return
        yield replace(span, text=span.text[:place])
        place -= len(span.text)


def _from(spans: Sequence[Span], place: int) -> Iterator[Span]:
    for span in spans:
        if place < len(span.text):
            yield replace(span, text=span.text[max(place, 0) :])
        place -= len(span.text)


def _trimmed(spans: Sequence[Span] | Iterator[Span]) -> tuple[Span, ...]:
    kept = [span for span in spans if span.text]
    while kept and not (text := kept[0].text.lstrip()):
        del kept[0]
    if kept:
        kept[0] = replace(kept[0], text=text)
    while kept and not (text := kept[-1].text.rstrip()):
        del kept[-1]
    if kept:
        kept[-1] = replace(kept[-1], text=text)
    return tuple(kept)
