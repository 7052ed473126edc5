"""Who asks, and which way the data go: the part each party plays in a sentence.

A party that is named is the one who asks ("ik als hulpverlener"), the one who gets the data
("delen met school", "school wil weten"), the one they come from ("opvragen bij school"), or
only mentioned ("het dossier van moeder").  The cues are tried from the surest to the least
sure; what none of them settles stays open and the act decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from nlu.reading.lexicon import Span
from nlu.reading.text import Token

CUES = Path(__file__).with_name("cues.yaml")
REACH = 6  # tokens to look ahead or back for a verb that belongs to a party


class Part(StrEnum):
    """The part a party plays; `OPEN` leaves it to the act of the question."""

    ASKER = "asker"
    RECIPIENT = "recipient"
    SOURCE = "source"
    MENTIONED = "mentioned"
    OPEN = "open"


@dataclass(frozen=True)
class Reading:
    """The part of one party, whether that party asks, and how sure the cue is (0 to 1)."""

    part: Part
    asked: bool = False
    sure: float = 0.5


class Grammar:
    """The cues of `cues.yaml` as a function from a party in a sentence to its part."""

    def __init__(self, path: Path = CUES) -> None:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._asker = [tuple(words) for words in data["asker_before"]]
        self._conditional: str = data["conditional"]
        self._sets: Mapping[str, frozenset[str]] = {
            name: frozenset(words) for name, words in data.items() if isinstance(words, list) and name != "asker_before"
        }

    def read(self, words: Sequence[Token], party: Span) -> Reading:
        """The part that the party in `party` plays.

        Args:
            words: the tokens of the message.
            party: where the party is named.
        """
        if self._has("self", words[party.first]):
            return Reading(Part.ASKER, sure=0.95)  # the phrase itself says so: "werk bij de toegang"
        before, after = self._context(words, party)
        plural = words[party.last - 1].lemma != words[party.last - 1].norm
        return (
            self._as_asker(before, after)
            or self._asked_by(before, after)
            or self._would_get(before, after)
            or self._may_get(before, after)
            or self._by_preposition(before, after)
            or self._asks_us(before, after, plural)
            or self._gives_us(before, after)
            or self._as_object(before, after, plural)
            or Reading(Part.OPEN)
        )

    # -- context -----------------------------------------------------------------------

    def _context(self, words: Sequence[Token], party: Span) -> tuple[list[Token], list[Token]]:
        """The words before (nearest first, without determiners) and after, within the sentence."""
        before: list[Token] = []
        for token in reversed(words[: party.first]):
            if token.is_end or len(before) >= REACH:
                break
            before.append(token)
        self._drop_determiners(before)
        if len(before) > 1 and self._has("from", before[0]) and self._has("person", before[1]):
            del before[:2]  # "[naam] van de politie", "een collega van de wmo": the party itself
            self._drop_determiners(before)
        after: list[Token] = []
        for token in words[party.last :]:
            if token.is_end or len(after) >= REACH + 2:
                break
            after.append(token)
        while after and after[0].norm.startswith("["):
            after.pop(0)
        return before, after

    def _drop_determiners(self, before: list[Token]) -> None:
        while before and self._has("determiners", before[0]):
            before.pop(0)

    def _has(self, name: str, token: Token) -> bool:
        cues = self._sets[name]
        return token.norm in cues

    def _any(self, name: str, found: Sequence[Token]) -> bool:
        return any(self._has(name, token) for token in found)

    # -- the cues, surest first --------------------------------------------------------

    def _as_asker(self, before: list[Token], after: list[Token]) -> Reading | None:
        back = [token.norm for token in before]
        for cue in self._asker:
            reach = len(cue)
            if tuple(reversed(back[:reach])) != cue:
                continue
            own = self._any("i", after[:2]) or self._any("modal", after[:1])
            if cue == (self._conditional,) and not own:
                return None  # "als school belt", "als de moeder nee zegt": a condition
            return Reading(Part.ASKER, sure=0.95)
        return None

    def _asked_by(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "een verzoek van de politie", "gebeld door school"."""
        near = before[:4]
        if near and self._has("from", near[0]) and self._any("asks_noun", near[1:3]):
            return Reading(Part.RECIPIENT, asked=True, sure=0.9)
        if near and self._has("by", near[0]):
            passive = self._any("asked_passive", before) or self._any("asked_passive", after)
            return Reading(Part.RECIPIENT, asked=True, sure=0.9) if passive else Reading(Part.MENTIONED)
        return None

    def _would_get(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "niet dat school het weet", "goed dat de huisarts dit krijgt"."""
        if before and before[0].norm == "dat" and self._any("receives", after[:4]) and not self._any("i", after[:4]):
            return Reading(Part.RECIPIENT, sure=0.75)
        return None

    def _may_get(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "mag school weten dat", "kan de wijkagent erbij blijven"."""
        if not (before and self._has("modal", before[0])):
            return None
        if self._any("me", after[:3]) and self._any("gives", after):
            return Reading(Part.SOURCE, sure=0.85)
        if any(token.norm == "van" for token in after[:4]) and self._any("me", after):
            return Reading(Part.RECIPIENT, sure=0.85)
        if self._any("receives", after):
            return Reading(Part.RECIPIENT, sure=0.8)
        return None

    def _asks_us(self, before: list[Token], after: list[Token], plural: bool) -> Reading | None:
        """ "school vraagt", "de politie belt": the other party takes the first step."""
        if before and (self._has("towards", before[0]) or self._has("from", before[0])):
            return None
        if before and self._has("modal", before[0]):
            return None
        for index, token in enumerate(after[:REACH]):
            if self._has("i", token):
                return None
            if self._has("asks", token) and self._is_asking(token, before, after[index + 1 :], plural):
                return Reading(Part.RECIPIENT, asked=True, sure=0.85)
        return None

    def _is_asking(self, verb: Token, before: list[Token], rest: list[Token], plural: bool) -> bool:
        # "school vragen of": an infinitive after one party is our own act, with "ik" left out.
        if self._has("infinitives", verb) and (self._own_act(before) or not plural):
            return False
        wanting = any(self._any(name, rest) for name in ("receives", "asked_passive", "fetches"))
        return not self._has("half_asks", verb) or (wanting and not self._any("negators", rest[:2]))

    def _gives_us(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "de huisarts moet ons vertellen", "GI wil mij het plan sturen"."""
        if self._any("me", after[:4]) and self._any("gives", after):
            return Reading(Part.SOURCE, sure=0.8)
        return None

    def _by_preposition(self, before: list[Token], after: list[Token]) -> Reading | None:
        if not before:
            return None
        first, around = before[0], [*before[1:], *after]
        if self._has("about", first):
            return Reading(Part.MENTIONED, sure=0.8)
        if self._has("towards", first):
            if first.norm == "aan" and self._any("questions", around) and self._own_act(before):
                return Reading(Part.SOURCE, sure=0.8)
            return Reading(Part.RECIPIENT, sure=0.8)
        if self._has("from", first):
            if self._any("fetches", around):
                return Reading(Part.SOURCE, sure=0.75)
            return Reading(Part.MENTIONED, sure=0.6)
        return None

    def _as_object(self, before: list[Token], after: list[Token], plural: bool) -> Reading | None:
        """ "huisarts bellen voor", "moeder inlichten"."""
        if plural and not before and after and self._has("gives", after[0]):
            return Reading(Part.MENTIONED, sure=0.7)  # "buren zeggen": they speak, we do not
        for index, token in enumerate(after[:5]):
            if self._has("fetch_object", token):
                rest = after[index + 1 : index + 3]
                if self._has("questions", token):
                    return Reading(Part.SOURCE, sure=0.7)
                if self._any("fetch_purpose", rest):
                    return Reading(Part.SOURCE, sure=0.6)
                return None
            if self._has("gives", token):
                return Reading(Part.RECIPIENT, sure=0.65)
        if self._any("questions", before[:2]):
            return Reading(Part.SOURCE, sure=0.65)
        return None

    def _own_act(self, before: list[Token]) -> bool:
        """True when "ik" or "wij" is the one who acts before the party is named."""
        return self._any("i", before)
