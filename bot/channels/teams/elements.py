"""The pieces that a card is built from (Adaptive Cards 1.4), and how many of them fit one message.

Text is never read as markup: it stands in runs, and a link is a run that opens an address.  Colours
are only the theme's own names, so that light and dark both read well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.messages import Citation

Element = dict[str, Any]

VERSION = "1.4"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
# Teams takes 28 KB for a card with all around it; what it counts besides our JSON is not told.
MAX_BYTES = 24 * 1024
_HOLLOW = re.compile(r"^[ \t]*[-*] ", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A stretch of text in one form."""

    text: str
    bold: bool = False
    href: str = ""
    quiet: bool = False
    fixed: bool = False  # letters of one width: words to take over


class Linker:
    """Finds the labels of articles in a text and links them."""

    def __init__(self, citations: Iterable[Citation]) -> None:
        usable = [one for one in citations if one.label and one.url.startswith("https://")]
        self._by_label = {one.label.casefold(): one for one in usable}
        self._used: set[str] = set()
        # The longest first, or "art. 7.3.11" would cut "art. 7.3.11 lid 1 Jeugdwet" in two.
        labels = "|".join(re.escape(one) for one in sorted(self._by_label, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{labels})(?!\w)", re.IGNORECASE) if labels else None

    def runs(self, text: str, *, bold: bool = False) -> Iterator[Run]:
        """The text in runs; labels are links."""
        start = 0
        for match in self._pattern.finditer(text) if self._pattern else ():
            if one := self._by_label.get(match[0].casefold()):
                yield Run(text[start : match.start()], bold)
                yield Run(match[0], bold, one.url)
                self._used.add(one.label.casefold())
                start = match.end()
        yield Run(text[start:], bold)

    def unused(self) -> list[Citation]:
        """The articles that no text has named so far."""
        return [one for label, one in self._by_label.items() if label not in self._used]


def paragraph(runs: Iterable[Run], *, close: bool = False) -> Element | None:
    """A paragraph; `close` stands right under the one before. None when there is nothing to say."""
    inlines = [_inline(run) for run in runs if run.text]
    if not any(inline["text"].strip() for inline in inlines):
        return None
    return {"type": "RichTextBlock", "inlines": inlines, "spacing": "Small" if close else "Medium"}


def lines(text: str) -> list[str]:
    """The lines of a text, bullets drawn."""
    return [line for line in _HOLLOW.sub("• ", text).splitlines() if line.strip()]


def heading(text: str, size: str = "Medium") -> Element:
    """Words of our own above what follows."""
    return {"type": "TextBlock", "text": text, "weight": "Bolder", "size": size, "wrap": True, "style": "heading"}


def container(items: Sequence[Element], style: str, *, bleed: bool = False) -> Element:
    """Pieces on a background of the theme."""
    return {"type": "Container", "style": style, "items": list(items), **({"bleed": True} if bleed else {})}


def execute(title: str, data: Mapping[str, Any], *, takes_input: bool = False, primary: bool = False) -> Element:
    """A button that comes back to us."""
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": str(data["do"]),
        "data": dict(data),
        "associatedInputs": "auto" if takes_input else "none",
        **({"style": "positive"} if primary else {}),
    }


def submit(title: str, data: Mapping[str, Any]) -> Element:
    """A button that comes back to us as a message; the card stays as it is, and nothing is shown on it."""
    return {"type": "Action.Submit", "title": title, "data": dict(data), "associatedInputs": "none"}


def say(title: str, words: str) -> Element:
    """A button that says something in the name of the person, as if it was typed."""
    return {"type": "Action.Submit", "title": title, "data": {"msteams": {"type": "imBack", "value": words}}}


def rows(actions: Sequence[Element], wide: int) -> list[Element]:
    """Buttons in rows; so many next to each other that a phone shows them whole."""
    return [
        {"type": "ActionSet", "actions": list(actions[start : start + wide])} for start in range(0, len(actions), wide)
    ]


def card(body: Sequence[Element], alternative: str) -> Element:
    """A whole card, with what is read where no card can be shown."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "lang": "nl",
        "fallbackText": alternative,
        "body": list(body),
    }


def size(thing: Any) -> int:
    """How many bytes a thing takes on its way."""
    return len(json.dumps(thing, ensure_ascii=False).encode())


def portions(elements: Sequence[Element], room: int) -> list[list[Element]]:
    """The pieces in portions of at most `room` bytes; a piece that is too large stands alone."""
    cut: list[list[Element]] = [[]]
    taken = 0
    for element in elements:
        more = size(element) + 2
        if cut[-1] and taken + more > room:
            cut.append([])
            taken = 0
        cut[-1].append(element)
        taken += more
    return cut


def _inline(run: Run) -> Element:
    return {
        "type": "TextRun",
        "text": run.text,
        **({"weight": "Bolder"} if run.bold else {}),
        **({"isSubtle": True} if run.quiet else {}),
        **({"fontType": "Monospace"} if run.fixed else {}),
        **({"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": run.href}} if run.href else {}),
    }
