"""The figures as charts: each a title, a table, and what of the table is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from bot.insight.counts import BANDS, REST, WAITS, Chosen, Counts
from bot.insight.period import Span
from bot.insight.small import HIDDEN, Count, spoken
from bot.outcomes import OUTCOME_WORDS
from knowledge.knowledge import Knowledge

ROWS: Final = 12  # topics of the heat map
COLUMNS: Final = 8  # parties of the heat map
SHADES: Final = 5
MOST_DRAWN: Final = 12  # bars, where there is no end to what can be counted; the table has all

Cell = Count | str


@dataclass(frozen=True)
class Chart:
    """A table, of which some columns are drawn.

    `drawn` counts columns from 0, the first of which holds the labels; of a table without any nothing is drawn, it
    is coloured itself.
    """

    id: str
    title: str
    text: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: tuple[int, ...] = (1,)
    kind: str = "bar"
    unit: str = ""
    most: int | None = None  # how many rows are drawn at most, those that can be shown first
    shades: Mapping[int, int] = field(default_factory=dict)  # from which figure a cell gets which shade

    @property
    def empty(self) -> bool:
        """True when there is nothing in it."""
        return not any(cell != 0 for row in self.rows for cell in row[1:])

    @property
    def drawable(self) -> bool:
        """True when there is something to draw: not only zeros and hidden figures."""
        return any(number_of(row[at]) for row in self.rows for at in self.drawn)

    @property
    def data(self) -> str:
        """What the script draws, as JSON; a figure that is hidden is null."""
        rows = self.rows
        if self.most and len(rows) > self.most:
            rows = tuple(row for row in rows if any(number_of(row[at]) for at in self.drawn))[: self.most]
        numbers = [{"label": self.head[at], "data": [number_of(row[at]) for row in rows]} for at in self.drawn]
        return json.dumps(
            {"kind": self.kind, "unit": self.unit, "labels": [str(row[0]) for row in rows], "series": numbers},
            ensure_ascii=False,
        )

    def spoken(self, cell: Cell) -> str:
        """A cell as it stands in the table."""
        return cell if isinstance(cell, str) else spoken(cell)

    def shade(self, cell: Cell) -> int:
        """How dark a cell of the heat map is, 0 to `SHADES`."""
        if not isinstance(cell, int) or not cell:
            return 0
        return max((shade for least, shade in self.shades.items() if cell >= least), default=0)


class Charts:
    """Makes the charts for one choice."""

    def __init__(self, counts: Counts, knowledge: Knowledge, chosen: Chosen) -> None:
        self._counts = counts
        self._knowledge = knowledge
        self._chosen = chosen
        self._made: Mapping[str, Callable[[], Chart]] = {
            "weken": self._weeks,
            "onderwerpen": self._topics,
            "oordelen": self._verdicts,
            "zekerheid": self._bands,
            "niet-begrepen": self._not_understood,
            "toestemming": self._consent,
            "fg": self._waits,
            "nagekeken": self._judged,
            "besluiten": self._decisions,
            # Nobody knows the municipality of who does the quiz.
            **({} if chosen.municipality or counts.boundary else {"quiz": self._quiz}),
        }

    @property
    def ids(self) -> tuple[str, ...]:
        """What can be made, in the order of the page."""
        return tuple(self._made)

    def all(self) -> list[Chart]:
        """Every chart."""
        return [make() for make in self._made.values()]

    def one(self, name: str) -> Chart | None:
        """The chart with an id, or None."""
        make = self._made.get(name)
        return make() if make else None

    # -- each of them ------------------------------------------------------------------

    def _weeks(self) -> Chart:
        return Chart(
            "weken",
            "Vragen per week",
            "Elke staaf is een week. De week die nog loopt telt niet mee.",
            ("Week", "Vragen"),
            tuple((span.name, count) for span, count in self._counts.per_week(self._chosen)),
        )

    def _topics(self) -> Chart:
        grid = self._counts.topics(self._chosen, ROWS, COLUMNS)
        cells = [[grid.cells.get((act, party), 0) for party in grid.parties] for act in grid.acts]
        named = [row for act, row in zip(grid.acts, cells, strict=True) if act != REST]
        # What is together in the last row and column would make everything else look pale.
        most = max(
            (cell or 0 for row in named for cell in row[: len(grid.parties) - (REST in grid.parties)]), default=0
        )
        return Chart(
            "onderwerpen",
            "Onderwerp en partij",
            "Hoe donkerder een vak, hoe meer vragen over dat onderwerp met die partij.",
            ("Onderwerp", *(self._party(one) for one in grid.parties)),
            tuple((self._act(act), *row) for act, row in zip(grid.acts, cells, strict=True)),
            drawn=(),
            shades={max(1, round(most * shade / SHADES)): shade for shade in range(1, SHADES + 1)},
        )

    def _verdicts(self) -> Chart:
        words, found = OUTCOME_WORDS, self._counts.verdicts(self._chosen)
        named = [(verdict, words.get(verdict, "Zonder oordeel")) for verdict in (*words, "")]
        return Chart(
            "oordelen",
            "Oordelen",
            "Waar het antwoord op uitkwam.",
            ("Oordeel", "Vragen"),
            tuple((label, found.get(verdict, 0)) for verdict, label in named if found.get(verdict, 0) != 0),
        )

    def _bands(self) -> Chart:
        percent = [round(100 * start) for start in BANDS]
        labels = [
            *(f"{low} tot {high} %" for low, high in pairwise(percent)),
            f"{percent[-1]} % of meer",
        ]
        return Chart(
            "zekerheid",
            "Hoe zeker de vraag gelezen is",
            f"Onder {percent[1]} % vraagt Deelwijzer de FG om mee te kijken.",
            ("Zekerheid", "Vragen"),
            tuple(zip(labels, self._counts.bands(self._chosen), strict=True)),
        )

    def _not_understood(self) -> Chart:
        return self._share(
            "niet-begrepen",
            "Niet begrepen",
            "Welk deel van de vragen Deelwijzer niet begreep, per maand.",
            "Niet begrepen",
            self._counts.per_month(self._chosen, "not_understood"),
        )

    def _consent(self) -> Chart:
        return self._share(
            "toestemming",
            "Vragen over toestemming",
            "Vragen over toestemming zelf, en vragen waarbij delen alleen met toestemming mag.",
            "Over toestemming",
            self._counts.per_month(self._chosen, "consent"),
        )

    def _share(self, name: str, title: str, text: str, head: str, found: list[tuple[Span, Count, Count]]) -> Chart:
        return Chart(
            name,
            title,
            text,
            ("Maand", head, "Andere vragen", "Deel van alle vragen"),
            tuple((span.name, some, rest, _percent(some, rest)) for span, some, rest in found),
            drawn=(3,),
            kind="line",
            unit="%",
        )

    def _waits(self) -> Chart:
        days = [hours // 24 for hours in WAITS]
        labels = [
            "Binnen een dag",
            *(f"{low} tot {high} dagen" for low, high in pairwise(days)),
            f"Langer dan {days[-1]} dagen",
        ]
        rows = [*zip(labels, self._counts.waits(self._chosen), strict=True)]
        return Chart(
            "fg",
            "Hoe snel de FG antwoordt",
            "Van de vraag tot het eerste antwoord van de FG. Onderaan: wat nog open staat.",
            ("Tijd tot het antwoord", "Vragen"),
            (*rows, ("Nog geen antwoord", self._counts.waiting(self._chosen))),
        )

    def _judged(self) -> Chart:
        found = self._counts.judged(self._chosen)
        return Chart(
            "nagekeken",
            "Wat de FG ervan vond",
            "Een vraag kan vaker nagekeken zijn.",
            ("Uitkomst", "Keer"),
            tuple((label, found.get(what, 0)) for what, label in JUDGED.items() if found.get(what, 0) != 0),
        )

    def _decisions(self) -> Chart:
        # What is hidden stands last, by name: its place tells nothing of its size.
        found = sorted(self._counts.decisions(self._chosen).items(), key=lambda one: (-(one[1] or 0), one[0]))
        return Chart(
            "besluiten",
            "Vastgelegde besluiten",
            "Wat iemand aan het eind van een stap-voor-stapgesprek bewaarde. Wat ingetrokken is telt niet mee.",
            ("Besluit", "Aantal"),
            tuple((self.decision(flow, outcome), count) for (flow, outcome), count in found),
            most=MOST_DRAWN,
        )

    def _quiz(self) -> Chart:
        subjects = {row.id: row.subject for row in self._knowledge.quiz.values()}
        found = self._counts.quiz(self._chosen, subjects)
        labels = {row.id: row.label for row in self._knowledge.quiz_subjects.values()}
        return Chart(
            "quiz",
            "De quiz",
            "Hoeveel antwoorden goed waren, per onderwerp. Van elke vraag telt het laatste antwoord van iemand.",
            ("Onderwerp", "Goed", "Niet goed", "Deel goed"),
            tuple(
                (labels.get(subject, subject), right, wrong, _percent(right, wrong))
                for subject, (right, wrong) in sorted(found.items(), key=lambda one: labels.get(one[0], one[0]))
            ),
            drawn=(3,),
            unit="%",
        )

    # -- words -------------------------------------------------------------------------

    def decision(self, flow: str, outcome: str) -> str:
        """What a decision is called, with where it came to."""
        row = self._knowledge.flows.get(flow)
        title = row.title if row else flow
        return f"{title}: {outcome}" if outcome else title

    def _act(self, act: str) -> str:
        if act == REST:
            return "Andere onderwerpen"
        return self._knowledge.label("act", act) if act else "Zonder onderwerp"

    def _party(self, party: str) -> str:
        if party == REST:
            return "Andere partijen"
        return self._knowledge.label("party", party) if party else "Zonder partij"


# What the FG can make of a question, as it stands on the pages of the FG.
JUDGED: Final[Mapping[str, str]] = {
    "correct": "Klopt",
    "wrong": "Klopt niet",
    "answered": "Beantwoord",
    "example": "Voorbeeld gemaakt",
    "wish": "Op de wensenlijst",
    "closed": "Gesloten",
}


def _percent(some: Count, rest: Count) -> str:
    """The share of the first; hidden when one of the two is."""
    if some is None or rest is None:
        return HIDDEN
    return f"{100 * some / (some + rest):.1f} %".replace(".", ",") if some + rest else "–"


def number_of(cell: Cell) -> float | None:
    """What of a cell can be drawn: a figure or a percentage; None when it is hidden."""
    if not isinstance(cell, str):
        return cell
    number = cell.removesuffix(" %").replace(",", ".")
    return float(number) if number.replace(".", "").isdigit() else None
