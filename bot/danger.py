"""Signs of acute danger in a masked message, from data and without a language model.

The data (`knowledge/content/danger_signals.yaml`) hold phrases and words that occur near
each other, and what takes them back: a negation, a time long ago, a question in general.
The detector runs before anything else reads the message, also when the language process
is down.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from rapidfuzz.distance import OSA

from bot.guard.lexicon import is_word
from bot.guard.normalise import fold, normalise

# A word of this length may hold one typing error; in a shorter one too much looks alike.
_TYPO_FROM = 7
_TOKEN = re.compile(r"\[[\w-]+\]|[^\W_]+(?:['-][^\W_]+)*|[.!?\n]")
# The list of words that say that it is happening now.
_NOW = "now"
_LIST = "lijst "
_STOPS = {".", "!", "?", "\n"}

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[_\-][a-z0-9]+)*$")]
Pattern = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class DangerSignalsError(Exception):
    """The signals cannot be used; the text says what to mend and where."""


class Signal(BaseModel):
    """One sign of danger.

    It is found when one of the phrases in `say` occurs, or when every group in `near` has a
    phrase within `within` words of the first.  What takes it back is said in the file itself:
    a negation beside it, a time long ago (both unless set to false), and the phrases in `unless`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    kind: Slug
    say: tuple[Pattern, ...] = ()
    near: tuple[tuple[Pattern, ...], ...] = ()
    within: int = Field(default=8, ge=2, le=40)
    unless: tuple[Pattern, ...] = ()
    negation: bool = True
    past: bool = True


class Weight(BaseModel):
    """Words that make danger more or less likely.

    With a `kind` they are a hazard by themselves; without one they add (now, help, a child)
    or take away (a dossier, a suspicion). `turns` names another kind for the same hazard:
    violence becomes violence against a child.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    kind: Slug | None = None
    points: int = Field(ge=-5, le=5)
    turns: dict[Slug, Slug] = {}
    words: tuple[Pattern, ...] = Field(min_length=1)


class Balance(BaseModel):
    """When weights together are an alarm: enough points within `window` words around a hazard."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: int = Field(ge=4, le=60)
    threshold: int = Field(ge=2, le=20)
    weights: tuple[Weight, ...] = Field(min_length=1)


class Signals(BaseModel):
    """The whole file: the kinds, most pressing first, named lists of phrases, and the signals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    kinds: tuple[Slug, ...] = Field(min_length=1)
    lists: dict[Slug, tuple[Pattern, ...]]
    negations: tuple[Pattern, ...]
    idioms: tuple[Pattern, ...]
    cancels: tuple[Pattern, ...]
    topics: tuple[Pattern, ...]
    past: tuple[Pattern, ...]
    signals: tuple[Signal, ...] = Field(min_length=1)
    balance: Balance


@dataclass(frozen=True)
class Danger:
    """What was found: the most pressing kind, and the ids of all signals (or weights) of the message."""

    kind: str
    signals: tuple[str, ...]


def load_signals(path: Path) -> Signals:
    """Read and check the signals.

    Raises:
        DangerSignalsError: with file, place and remedy, when the file cannot be used.
    """
    name = path.name
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DangerSignalsError(f"{name}: dit bestand ontbreekt; zonder signalen wordt geen gevaar herkend") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DangerSignalsError(f"{name}: geen geldige YAML: {' '.join(str(error).split())}") from None
    try:
        signals = Signals.model_validate(raw)
    except ValidationError as error:
        raise DangerSignalsError("\n".join(_in_dutch(name, problem) for problem in error.errors())) from None
    problems = list(_problems(signals))
    if problems:
        raise DangerSignalsError("\n".join(f"{name}: {problem}" for problem in problems))
    return signals


_REMEDIES = {
    "missing": "ontbreekt; vul het in",
    "extra_forbidden": "is geen bekende sleutel; kijk of er een tikfout in staat",
    "string_pattern_mismatch": "mag alleen kleine letters, cijfers, - en _ hebben",
}


def _in_dutch(name: str, problem: Mapping[str, object]) -> str:
    place = problem["loc"]
    where = " › ".join(str(part) for part in place) if isinstance(place, tuple) else ""
    remedy = _REMEDIES.get(str(problem["type"]), f"klopt niet ({problem['msg']})")
    return f"{name}: {where or 'het bestand'} {remedy}"


def _problems(signals: Signals) -> Iterator[str]:
    if signals.table != "danger_signals":
        yield "bovenaan hoort “table: danger_signals”"
    seen: set[str] = set()
    for signal in signals.signals:
        if signal.id in seen:
            yield f"signaal “{signal.id}” staat er twee keer in; geef elk signaal een eigen id"
        seen.add(signal.id)
        if signal.kind not in signals.kinds:
            yield f"signaal “{signal.id}”: soort “{signal.kind}” staat niet onder kinds"
        if not signal.say and len(signal.near) < 2:
            yield f"signaal “{signal.id}”: vul say in, of near met ten minste twee groepen"
    for weight in signals.balance.weights:
        kinds = {*weight.turns, *weight.turns.values(), *([weight.kind] if weight.kind else [])}
        for kind in sorted(kinds - set(signals.kinds)):
            yield f"gewicht “{weight.id}”: soort “{kind}” staat niet onder kinds"
        if weight.kind is not None and weight.points < 1:
            yield f"gewicht “{weight.id}” heeft een soort en hoort dus punten boven nul te hebben"
    for kind in signals.kinds:
        if not any(signal.kind == kind for signal in signals.signals):
            yield f"soort “{kind}” heeft geen enkel signaal"
    if _NOW not in signals.lists:
        yield f"lijst “@{_NOW}” ontbreekt; topics en past letten erop"
    order = {name: place for place, name in enumerate(signals.lists)}
    for owner, pattern in _patterns(signals):
        for reference in re.findall(r"@([\w\-]+)", pattern):
            if reference not in signals.lists:
                yield f"{owner}: lijst “@{reference}” bestaat niet; zet haar onder lists"
            elif owner.startswith(_LIST) and order[reference] >= order[owner.removeprefix(_LIST).strip("“”")]:
                yield f"{owner}: lijst “@{reference}” hoort erboven te staan"
        long = [piece for piece in pattern.split() if piece.count("|") > 4]
        if len(long) > 1 and re.search(r"\|[^|\s]+ [^|\s.]+\|", pattern):
            yield f"{owner}: “{pattern[:40]}…” mengt zinnetjes in een rij woorden; zet elk zinnetje apart"
        if not re.fullmatch(r"[\w@*|?'\[\]\-. ]+", pattern):
            yield f"{owner}: “{pattern}” heeft een teken dat hier niets betekent"


def _patterns(signals: Signals) -> Iterator[tuple[str, str]]:
    yield from ((f"{_LIST}“{name}”", pattern) for name, entries in signals.lists.items() for pattern in entries)
    for name in ("negations", "idioms", "cancels", "topics", "past"):
        yield from ((name, pattern) for pattern in getattr(signals, name))
    for weight in signals.balance.weights:
        yield from ((f"gewicht “{weight.id}”", pattern) for pattern in weight.words)
    for signal in signals.signals:
        for pattern in (*signal.say, *signal.unless, *(one for group in signal.near for one in group)):
            yield f"signaal “{signal.id}”", pattern


# -- patterns -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)  # compared by identity: it is a key in many look-ups
class _Word:
    """One place in a phrase: alternatives, each a word or a beginning of one, or a list of phrases."""

    exact: frozenset[str]
    stems: tuple[str, ...]
    lists: tuple[str, ...]
    optional: bool
    long_words: tuple[str, ...]
    long_stems: tuple[str, ...]

    def nearly(self, low: str) -> bool:
        """True when a long alternative differs from the word by one typing error."""
        return any(OSA.distance(word, low, score_cutoff=1) <= 1 for word in self.long_words) or any(
            OSA.distance(stem, low[:size], score_cutoff=1) <= 1
            for stem in self.long_stems
            for size in (len(stem) - 1, len(stem), len(stem) + 1)
        )


@dataclass(frozen=True)
class _Gap:
    """Any words, at most `size`, within the sentence."""

    size: int


@dataclass(frozen=True)
class _Token:
    low: str
    misspelt: bool  # long, and in no dictionary
    stop: bool


_Part = _Word | _Gap


def _parse(pattern: str) -> tuple[_Part, ...]:
    """The parts of a phrase, written as the head of the signals file explains."""
    parts: list[_Part] = []
    for piece in _spelling(pattern).split():
        if set(piece) == {"."}:
            parts.append(_Gap(3 if len(piece) == 2 else 6))
            continue
        options = piece.rstrip("?").split("|")
        words = [one for one in options if one[-1:] != "*" and one[:1] != "@"]
        stems = [one[:-1] for one in options if one[-1:] == "*"]
        parts.append(
            _Word(
                exact=frozenset(words),
                stems=tuple(stems),
                lists=tuple(one[1:] for one in options if one[:1] == "@"),
                optional=piece.endswith("?"),
                long_words=tuple(one for one in words if len(one) >= _TYPO_FROM),
                long_stems=tuple(one for one in stems if len(one) >= _TYPO_FROM),
            )
        )
    return tuple(parts)


class DangerDetector:
    """Finds acute danger. It keeps no state between messages and may be shared by threads."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._parsed = {pattern: _parse(pattern) for _, pattern in _patterns(signals)}
        self._order = {kind: place for place, kind in enumerate(signals.kinds)}

    def find(self, masked_text: str) -> Danger | None:
        """The danger that the message speaks of, or None.

        Never raises on any text.
        """
        reading = _Reading(self._signals, self._parsed, tokens(masked_text))
        found = [signal for signal in self._signals.signals if reading.holds(signal)]
        if not found:
            return reading.weighed()
        ordered = sorted(found, key=lambda signal: self._order[signal.kind])
        return Danger(ordered[0].kind, tuple(signal.id for signal in ordered))


def _spelling(text: str) -> str:
    """Folded, and with one spelling for ij and y, which people swap."""
    return fold(text).replace("’", "'").replace("ij", "y")


def tokens(text: str) -> tuple[_Token, ...]:
    """The words and sentence ends of a text, folded."""
    result = []
    for found in _TOKEN.finditer(fold(normalise(text))):
        low = found.group()
        long = len(low) >= _TYPO_FROM - 1 and low.isalpha()
        result.append(_Token(_spelling(low), long and not is_word(low), low in _STOPS))
    return tuple(result)


Place = tuple[int, int]
# A message with more unknown words than this is not Dutch with typing errors.
_MOST_MISSPELT = 60
# No phrase is longer than this in words; it bounds the search for neighbours.
_LONGEST = 40


class _Reading:
    """The signals over one message; finds are remembered, since lists occur in many signals."""

    def __init__(self, signals: Signals, parsed: Mapping[str, tuple[_Part, ...]], words: tuple[_Token, ...]) -> None:
        self._signals = signals
        self._parsed = parsed
        self._read(words)
        idioms = self._all_places(signals.idioms)
        if idioms:
            gone = {at for start, end in idioms for at in range(start, end)}
            blank = _Token("", misspelt=False, stop=False)
            self._read(tuple(blank if at in gone else word for at, word in enumerate(words)))
        self._happening = self._all_places((f"@{_NOW}",))
        off_topic = [] if self._happening else self._all_places(signals.topics)
        taken_back = {self._sentence[start] for start, _ in [*self._all_places(signals.cancels), *off_topic]}
        # What takes back also does so for the sentence after it.
        self._taken_back = taken_back | {number + 1 for number in taken_back}
        self._long_ago = self._all_places(signals.past)
        self._negations = self._all_places(signals.negations)

    def _read(self, words: tuple[_Token, ...]) -> None:
        self._words = words
        self._at: dict[str, list[int]] = {}
        self._sentence: list[int] = []
        number = 0
        for at, word in enumerate(words):
            self._sentence.append(number)
            number += word.stop
            if word.low:
                self._at.setdefault(word.low, []).append(at)
        self._vocabulary = sorted(self._at)
        self._misspelt = list(dict.fromkeys(word.low for word in words if word.misspelt))[:_MOST_MISSPELT]
        self._fitting: dict[_Word, frozenset[int]] = {}
        self._beginnings: dict[str, frozenset[int]] = {}
        self._found: dict[str, tuple[Place, ...]] = {}
        self._ends: dict[tuple[str, int], tuple[int, ...]] = {}

    def holds(self, signal: Signal) -> bool:
        """True when the signal occurs and nothing takes it back."""
        places = [*self._all_places(signal.say), *self._close(signal)]
        if not places or any(self._places(pattern) for pattern in signal.unless):
            return False
        return any(
            not self._is_taken_back(place)
            and not (signal.past and self._is_long_ago(place))
            and not (signal.negation and self._negated(place))
            for place in places
        )

    def weighed(self) -> Danger | None:
        """The danger that no signal names, but that enough words around one hazard point to."""
        balance = self._signals.balance
        found = [(weight, self._standing(weight)) for weight in balance.weights]
        best: tuple[int, tuple[Weight, ...]] = (balance.threshold - 1, ())
        for hazard, places in found:
            for place in places if hazard.kind is not None else ():
                near = tuple(weight for weight, others in found if _any_near(place, others, balance.window))
                points = sum(weight.points for weight in near)
                if points > best[0]:
                    best = (points, near)
        if not best[1]:
            return None
        return Danger(self._heaviest(best[1]), tuple(weight.id for weight in best[1] if weight.points > 0))

    def _heaviest(self, weights: tuple[Weight, ...]) -> str:
        strength: dict[str, int] = {}
        for weight in weights:
            if weight.kind is not None:
                strength[weight.kind] = strength.get(weight.kind, 0) + weight.points
        order = self._signals.kinds
        kind = max(strength, key=lambda one: (strength[one], -order.index(one)))
        for weight in weights:
            kind = weight.turns.get(kind, kind)
        return kind

    def _standing(self, weight: Weight) -> list[Place]:
        """The places of a weight, in order; of a hazard only those that nothing takes back."""
        places = sorted(self._all_places(weight.words))
        if weight.kind is None:
            return places
        return [place for place in places if not self._is_taken_back(place) and not self._negated(place, inside=False)]

    # -- what takes back --------------------------------------------------------------

    def _is_taken_back(self, place: Place) -> bool:
        return self._sentence[place[0]] in self._taken_back

    def _is_long_ago(self, place: Place) -> bool:
        """True when a word for long ago stands in the sentence, nearer than any word for now."""
        here = self._sentence[place[0]]
        ago = [other for other in self._long_ago if here - 1 <= self._sentence[other[0]] <= here]
        if not ago:
            return False
        nearest = min(_distance(place, other) for other in ago)
        return all(_distance(place, other) > nearest for other in self._happening)

    def _negated(self, place: Place, inside: bool = True) -> bool:
        """True when a negation stands within two words before or after, or (`inside`) in the find itself."""
        return any(
            0 <= place[0] - other[1] < 2 or 0 <= other[0] - place[1] < 2 or (inside and place[0] <= other[0] < place[1])
            for other in self._negations
        )

    # -- matching ---------------------------------------------------------------------

    def _all_places(self, patterns: Iterable[str]) -> list[Place]:
        return [place for pattern in patterns for place in self._places(pattern)]

    def _close(self, signal: Signal) -> Iterator[Place]:
        """Places of the first group that have a find of every other group within the window."""
        groups = []
        for group in signal.near:
            places = sorted(self._all_places(group))
            if not places:
                return
            groups.append(places)
        for first in groups[0] if groups else ():
            if all(_any_near(first, group, signal.within) for group in groups[1:]):
                yield first

    def _places(self, pattern: str) -> tuple[Place, ...]:
        """Every place where the phrase begins, with the first end that fits."""
        if pattern not in self._found:
            parts = self._parsed[pattern] if pattern in self._parsed else _parse(pattern)
            ends = ((start, self._end(parts, 0, start)) for start in sorted(self._starts(parts)))
            self._found[pattern] = tuple((start, end) for start, end in ends if end is not None and end > start)
        return self._found[pattern]

    def _starts(self, parts: tuple[_Part, ...]) -> frozenset[int]:
        """The places where a phrase can begin at all."""
        first = parts[0]
        if isinstance(first, _Gap):
            return frozenset(range(len(self._words)))
        starts = self._fits(first)
        for name in first.lists:
            starts |= self._list_starts(name)
        return starts | self._starts(parts[1:]) if first.optional and len(parts) > 1 else starts

    def _list_starts(self, name: str) -> frozenset[int]:
        if name not in self._beginnings:
            starts = [self._starts(self._parsed[pattern]) for pattern in self._signals.lists[name]]
            self._beginnings[name] = frozenset().union(*starts)
        return self._beginnings[name]

    def _end(self, parts: tuple[_Part, ...], index: int, at: int) -> int | None:
        """Where the rest of a phrase ends that is read from this word on; None when it does not fit."""
        if index == len(parts):
            return at
        part = parts[index]
        if isinstance(part, _Gap):
            for step in range(part.size + 1):
                if step and (at + step > len(self._words) or self._words[at + step - 1].stop):
                    return None
                end = self._end(parts, index + 1, at + step)
                if end is not None:
                    return end
            return None
        stops = [at + 1] if at in self._fits(part) else []
        for stop in [*stops, *(stop for name in part.lists for stop in self._list_ends(name, at))]:
            end = self._end(parts, index + 1, stop)
            if end is not None:
                return end
        return self._end(parts, index + 1, at) if part.optional else None

    def _list_ends(self, name: str, at: int) -> tuple[int, ...]:
        if at not in self._list_starts(name):
            return ()
        if (name, at) not in self._ends:
            ends = (self._end(self._parsed[pattern], 0, at) for pattern in self._signals.lists[name])
            self._ends[name, at] = tuple(sorted({end for end in ends if end is not None and end > at}))
        return self._ends[name, at]

    def _fits(self, part: _Word) -> frozenset[int]:
        """The places of the words that one place in a phrase accepts."""
        if part not in self._fitting:
            lows = {low for low in part.exact if low in self._at}
            for stem in part.stems:
                for low in self._vocabulary[bisect_left(self._vocabulary, stem) :]:
                    if not low.startswith(stem):
                        break
                    lows.add(low)
            lows.update(low for low in self._misspelt if low not in lows and part.nearly(low))
            self._fitting[part] = frozenset(at for low in lows for at in self._at[low])
        return self._fitting[part]


def _any_near(place: Place, others: list[Place], window: int) -> bool:
    """True when one of the others (in order) lies within `window` words."""
    first = bisect_left(others, (place[0] - window - _LONGEST, 0))
    for other in others[first:]:
        if other[0] > place[1] + window:
            return False
        if _distance(place, other) <= window:
            return True
    return False


def _distance(one: Place, other: Place) -> int:
    """The number of words from the end of one to the start of the other."""
    return max(other[0] - one[1], one[0] - other[1], 0) + 1
