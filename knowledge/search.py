"""Finds rows of the knowledge by words: no index on disk, everything is read from the tables in memory.

All words of a query must occur in a row.  A word that the tables know as another name for a party
or for a value of a fact ("AMHK", "wijkteam", "gezinsvoogd") also finds the rows about it, and the
rows about what it is a kind of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.answer import bare, capitalised, with_other
from knowledge.check import fold
from knowledge.knowledge import PARTY_FACTS, Knowledge
from knowledge.schema import (
    AgeRule,
    Article,
    Cite,
    ConsentOutcome,
    DatedRow,
    Flow,
    Municipality,
    Party,
    Policy,
    Row,
    Rule,
    Sayings,
)
from knowledge.titles import DEFINITION, Titles, with_people

Kind = Literal[
    "party", "law", "municipality", "definition", "flow", "rule", "age", "consent_outcome", "article", "policy"
]
KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order in which equals are shown

# The table in which the rows of a kind stand.
TABLES: dict[Kind, str] = {
    "party": "parties",
    "law": "laws",
    "municipality": "municipalities",
    "definition": "rules",
    "flow": "flows",
    "rule": "rules",
    "age": "ages",
    "consent_outcome": "consent_outcomes",
    "article": "articles",
    "policy": "policies",
}
_WORD = re.compile(r"\d+(?:[.:]\d+)*[a-z]*|[a-z]+")
# They tell nothing; a query may be typed as a sentence.
_STOP = frozenset(
    _WORD.findall(
        "aan als art artikel bij dat de deze die dit een en er het hij ik in is je kan mag met mijn of om onze op te "
        "van voor wat we wij ze zij"
    )
)
_MAX_PHRASE = 6  # words of the longest name that is looked for in a query
_MIN_PART = 4  # characters from which a word is also found inside a longer one
_MAX_SNIPPET = 240  # characters
_NEAR = 0.6  # likeness from which a known word is suggested; 1 is the same word
_MAX_NEAR = 4

# How well a word fits a row. A row counts for its worst word first, so that rows with all words
# at the top go before rows with one of them further down.
_TITLE, _HEAD, _PART, _NAMED, _KIN, _BODY = 6, 5, 4, 3, 2, 1

_Value = tuple[str, str]  # fact, value


@dataclass(frozen=True)
class Result:
    """A row that was found. `place` is its file and line below the content folder: "rules/jeugd.yaml:11"."""

    kind: Kind
    id: str
    title: str
    snippet: str
    valid: bool  # whether it holds on the day
    valid_from: date | None
    valid_to: date | None
    place: str


@dataclass(frozen=True)
class Near:
    """A word that stands nowhere, and known words that look like it, the likeliest first."""

    word: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The outcome of a search: what holds on the day before what does not, then the best first."""

    results: tuple[Result, ...]
    near: tuple[Near, ...] = ()


@dataclass(frozen=True)
class _Term:
    """One word of a query, or a few words that are a name together, with the values that it names."""

    words: tuple[str, ...]
    values: frozenset[_Value]


@dataclass(frozen=True)
class _Document:
    """A row, ready to be searched."""

    kind: Kind
    row: Row
    title: str
    name: str  # folded title
    head: str  # folded title and first piece
    body: str  # folded text of the whole row
    pieces: tuple[str, ...]  # what may be shown of it, the first by default
    about: frozenset[_Value]  # the values that it names
    barred: frozenset[_Value]  # the values for which it does not hold
    own: frozenset[_Value]  # the values that it is the row of


class Search:
    """Searches one state of the knowledge; what it needs is made at the first search."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._titles = Titles(knowledge)

    def find(self, query: str, on: date) -> Found:
        """The rows in which every word of a query occurs.

        Args:
            query: words as people type them; accents, capitals and signs do not count.
            on: the day for which `Result.valid` tells whether a row holds.
        """
        terms = self._terms(query)
        if not terms:
            return Found(())
        ranked: list[tuple[tuple[bool | int | str, ...], Result]] = []
        for document in self._documents:
            fits = [self._fit(term, document) for term in terms]
            if all(fits):
                valid = holds(self._knowledge, document.row, on)
                # Of equals the one with the shortest title: it is about the least besides.
                size, place = len(document.title), KINDS.index(document.kind)
                rank = (not valid, -min(fits), -sum(fits), place, size, document.title, document.row.id)
                further = [term for term, fit in zip(terms, fits, strict=True) if fit == _BODY]
                ranked.append((rank, self._result(document, further, valid)))
        ranked.sort(key=lambda one: one[0])
        return Found(tuple(result for _, result in ranked), () if ranked else tuple(self._near(terms)))

    # -- the query ---------------------------------------------------------------------

    def _terms(self, query: str) -> list[_Term]:
        words = _words(query)
        terms: list[_Term] = []
        at = 0
        while at < len(words):
            named = (size for size in range(_MAX_PHRASE, 0, -1) if words[at : at + size] in self._names)
            name = words[at : at + next(named, 1)]
            terms.append(_Term(name, self._names.get(name, frozenset())))
            at += len(name)
        return [term for term in terms if not _STOP.issuperset(term.words)] or terms

    @cached_property
    def _names(self) -> dict[tuple[str, ...], frozenset[_Value]]:
        """What people call a value, in words, with the values that it may stand for."""
        k = self._knowledge
        named: list[tuple[_Value, Iterable[str]]] = [
            *(((fact, row.id), (row.label, *row.words)) for row in k.parties.values() for fact in PARTY_FACTS),
            *((("data", row.id), (row.label, *row.words)) for row in k.data_categories.values()),
            *(((kind.id, value.id), value.words) for kind in k.facts.values() for value in kind.values),
            *((("municipality", row.id), (row.name, *row.words)) for row in k.municipalities.values()),
        ]
        found: dict[tuple[str, ...], set[_Value]] = {}
        for value, phrases in named:
            for phrase in phrases:
                # A phrase with "*" is a pattern for sentences, not a name.
                if "*" not in phrase:
                    found.setdefault(_words(phrase), set()).add(value)
        return {words: frozenset(values) for words, values in found.items()}

    # -- one row -----------------------------------------------------------------------

    def _fit(self, term: _Term, document: _Document) -> int:
        """How well a term fits a row; 0 when it does not occur."""
        if term.values & document.own or _has(document.name, term.words, whole=True):
            return _TITLE
        if _has(document.head, term.words, whole=True):
            return _HEAD
        if _has(document.head, term.words):
            return _PART
        if term.values & document.about:
            return _NAMED
        if any(self._is_kin(value, document) for value in term.values):
            return _KIN
        return _BODY if all(_has(document.body, (word,)) for word in term.words) else 0

    def _is_kin(self, value: _Value, document: _Document) -> bool:
        """True when the row is about something that the value is a kind of, and does not leave the value out."""
        fact, one = value
        kin = {(fact, other) for other in self._knowledge.lineage(fact, one)}
        return not kin.isdisjoint(document.about) and kin.isdisjoint(document.barred)

    def _result(self, document: _Document, further: Sequence[_Term], valid: bool) -> Result:
        """What is shown of a row; `further` are the terms that stand only in the rest of its text."""
        row = document.row
        file, line = self._knowledge.tables.places[TABLES[document.kind], row.id]
        dated = row if isinstance(row, DatedRow) else None
        return Result(
            document.kind,
            row.id,
            document.title,
            _shortened(_best_piece(document.pieces, further)),
            valid,
            dated.valid_from if dated else None,
            dated.valid_to if dated else None,
            f"{file}:{line}",
        )

    # -- nothing found -----------------------------------------------------------------

    def _near(self, terms: Iterable[_Term]) -> Iterator[Near]:
        """For each word that stands nowhere, the known words that look like it."""
        known = list(self._vocabulary)
        for word in (word for term in terms if not term.values for word in term.words):
            if any(_has(document.body, (word,)) for document in self._documents):
                continue
            close = process.extract(word, known, scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=20)
            best = sorted(close, key=lambda one: (-one[1], -self._vocabulary[one[0]], one[0]))
            yield Near(word, tuple(other for other, _, _ in best[:_MAX_NEAR]))

    @cached_property
    def _vocabulary(self) -> Counter[str]:
        """Every word that finds something, with how often it stands there."""
        words = Counter(word for document in self._documents for word in document.body.split())
        words.update(name[0] for name in self._names if len(name) == 1)
        return Counter({word: count for word, count in words.items() if len(word) >= _MIN_PART and word.isalpha()})

    # -- the rows ----------------------------------------------------------------------

    @cached_property
    def _documents(self) -> tuple[_Document, ...]:
        k = self._knowledge
        return (
            *(self._party(row) for row in k.parties.values()),
            *(_document("law", row, row.title, [row.full_title, row.identifier]) for row in k.laws.values()),
            *(self._municipality(row) for row in k.municipalities.values()),
            *(self._rule(row) for row in k.rules.values()),
            *(self._flow(row) for row in k.flows.values()),
            *(self._age(row) for row in k.ages.values()),
            *(self._consent_outcome(row) for row in k.consent_outcomes.values()),
            *(self._article(row) for row in k.articles.values()),
            *(self._policy(row) for row in k.policies.values()),
        )

    def _party(self, row: Party) -> _Document:
        own = _values(dict.fromkeys(PARTY_FACTS, (row.id,)))
        return _document("party", row, capitalised(bare(row.label)), [], row.words, own=own)

    def _municipality(self, row: Municipality) -> _Document:
        own = _values({"municipality": (row.id,)})
        return _document("municipality", row, capitalised(bare(row.name)), [], row.words, own=own)

    def _rule(self, row: Rule) -> _Document:
        norms = [self._knowledge.open_norms[norm] for norm in row.open_norms]
        return _document(
            "definition" if DEFINITION in row.acts else "rule",
            row,
            self._titles.rule(row),
            [*_sentences(row.say), row.history or "", *(norm.say for norm in norms)],
            [
                *self._labels(row.cite),
                *(norm.label for norm in norms),
                *(self._knowledge.label("act", act) for act in row.acts),
            ],
            about=_values(row.when),
            barred=_values(row.unless),
        )

    def _flow(self, row: Flow) -> _Document:
        steps = [
            text for step in row.steps for text in (step.ask, step.why or "", *(one.label for one in step.options))
        ]
        endings = [text for ending in row.endings for text in (ending.label, *_sentences(ending.say))]
        contacts = self._knowledge.contacts_of(None)
        pieces = [with_people(text, contacts) for text in (row.intro, *steps, *endings)]
        return _document("flow", row, row.title, pieces, self._labels(row.cites))

    def _age(self, row: AgeRule) -> _Document:
        about = _values({"age": row.bands, "role": row.roles})
        return _document("age", row, self._titles.age(row), [row.say, row.who], self._labels(row.cite), about=about)

    def _consent_outcome(self, row: ConsentOutcome) -> _Document:
        title = self._titles.consent_outcome(row)
        return _document(
            "consent_outcome", row, title, _sentences(row.say), self._labels(row.cite), about=_values(row.when)
        )

    def _article(self, row: Article) -> _Document:
        law = self._knowledge.laws[row.law]
        return _document("article", row, self._titles.article(row), [row.paraphrase], [law.full_title])

    def _policy(self, row: Policy) -> _Document:
        k = self._knowledge
        places = [one.id for one in k.municipalities.values() if one.policy == row.policy]
        rules = [self._titles.rule(k.rules[rule]) for rule in row.rules]
        about = _values({"municipality": tuple(places)})
        return _document("policy", row, f"{row.source}, {row.place}", [row.say], rules, about=about)

    def _labels(self, cites: Iterable[Cite]) -> list[str]:
        return [self._titles.cite(cite) for cite in cites]


def holds(knowledge: Knowledge, row: Row, on: date) -> bool:
    """True when a row counts on a day: it holds, and so does an article under it. What has no dates always counts."""
    if not isinstance(row, DatedRow):
        return True
    cites = row.cite if isinstance(row, Rule | AgeRule | ConsentOutcome) else ()
    return row.valid_on(on) and (not cites or bool(knowledge.references(cites, on)))


def _document(
    kind: Kind,
    row: Row,
    title: str,
    pieces: Iterable[str],
    more: Iterable[str] = (),
    *,
    about: frozenset[_Value] = frozenset(),
    barred: frozenset[_Value] = frozenset(),
    own: frozenset[_Value] = frozenset(),
) -> _Document:
    shown = tuple(with_other(piece) for piece in pieces if piece)
    name, head = _folded((title,)), _folded((title, *shown[:1]))
    body = _folded((title, *shown, *more, row.id))
    return _Document(kind, row, title, name, head, body, shown, about, barred, own)


def _sentences(say: Sayings) -> list[str]:
    """The sentences of a rule in reading order; absent ones are empty."""
    parts = (say.verdict, say.why, say.share, say.withhold, *say.now, say.reply, say.client, say.request)
    return [part or "" for part in parts]


def _values(named: Mapping[str, Iterable[str]]) -> frozenset[_Value]:
    return frozenset((fact, value) for fact, values in named.items() for value in values)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def _folded(texts: Iterable[str]) -> str:
    """Texts as words between single spaces, with a space at both ends."""
    return f" {' '.join(word for text in texts for word in _words(text))} "


def _has(text: str, words: Sequence[str], *, whole: bool = False) -> bool:
    """Whether words stand next to each other in a folded text; a long word may be part of a longer one."""
    phrase = " ".join(words)
    if f" {phrase} " in text:
        return True
    if whole:
        return False
    # "7.3" finds 7.3.11; "gi" does not find "regie".
    return f" {phrase}." in text if phrase[0].isdigit() else len(phrase) >= _MIN_PART and phrase in text


def _best_piece(pieces: Sequence[str], terms: Sequence[_Term]) -> str:
    """The piece in which most of the terms stand, the first of these."""
    if not pieces:
        return ""
    return max(pieces, key=lambda piece: sum(_has(_folded([piece]), term.words) for term in terms))


def _shortened(text: str) -> str:
    if len(text) <= _MAX_SNIPPET:
        return text
    return f"{text[:_MAX_SNIPPET].rsplit(' ', 1)[0].rstrip(',;:')}…"
