"""Who asks, and which way the data go: the part each party plays in a sentence.

A party that is named is the one who asks ("ik als hulpverlener"), the one who gets the data
("delen met school", "school wil weten"), the one they come from ("opvragen bij school"), or
only mentioned ("het dossier van moeder").  The cues are tried from the surest to the least
sure; what none of them settles stays open and the act decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from nlu.reading.lexicon import Span
from nlu.reading.text import Token

CUES = Path(__file__).with_name("cues.yaml")
# "wij zijn de gemeente": "zijn" is a determiner elsewhere.
_WE_ARE = re.compile(r"\b(?:wij|we) zijn (?:(?:van|bij) )?(?:de |het |een )?$")
# Whose man, woman or colleague is somebody else: "de man van een cliënte".
SOMEONE = ("client", "jeugdige", "inwoner", "ouder", "familie")
WANTS = ("wil", "willen", "wilt", "wilde")
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
    """The cues of `cues.yaml` as a function from a party in a sentence to its part.

    Args:
        askers: the parties that may put the question.
        path: the file with the cues.
    """

    def __init__(self, askers: frozenset[str] = frozenset(), path: Path = CUES) -> None:
        self._askers = askers
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
            self._as_label(words, party)
            or self._as_asker(words, before, after, party)
            or self._describes_another(before, party)
            or self._left_out(before)
            or self._has_an_opinion(before, after)
            or self._asked_by(before, after)
            or self._would_get(before, after)
            or self._may_get(before, after)
            or self._by_preposition(before, after)
            or self._asks_us(before, after, plural)
            or self._gives_us(before, after)
            or self._as_object(before, after, plural)
            or Reading(Part.OPEN)
        )

    def joined(self, words: Sequence[Token], first: Span, second: Span) -> bool:
        """True when the second party stands beside the first: "school en de huisarts", "... en zij ook"."""
        between = [token for token in words[first.last : second.first] if not self._has("determiners", token)]
        if any(token.is_end for token in between) or not between or not self._has("joins", between[-1]):
            return False
        too = second.last < len(words) and words[second.last].norm == "ook"
        return len(between) == 1 or too

    def stranger(self, words: Sequence[Token], taken: AbstractSet[int]) -> int | None:
        """The place of a noun that gets the data and that no table knows, or None.

        Args:
            words: the tokens of the message.
            taken: the places of the words that a table does know.
        """
        for index, token in enumerate(words[:-1]):
            mine = self._has("modal", token) or self._has("that", token)
            if not mine or not self._has("i", words[index + 1]):
                continue
            clause: list[int] = []
            for place in range(index + 2, len(words)):
                if words[place].is_end:
                    break
                clause.append(place)
            if any(self._verb(words[place]) for place in clause):
                found = self._noun_behind(words, clause, taken)
                if found is not None:
                    return found
        return None

    def _noun_behind(self, words: Sequence[Token], clause: Sequence[int], taken: AbstractSet[int]) -> int | None:
        """The noun behind "aan de", or the one right after "ik": not a kind of data, not a day."""
        for position, place in enumerate(clause):
            first = position == 0
            if not first and not self._has("to_someone", words[place]):
                continue
            rest = clause[position:] if first else clause[position + 1 :]
            if first and words[place].norm == self._conditional:
                rest = rest[2:]  # "dat ik als jeugdhulpverlener de judoclub bel"
            determined = False
            for here in rest:
                if self._has("determiners", words[here]):
                    determined = True
                    continue
                ordinary = self._has("no_party", words[here]) or self._verb(words[here]) or here in taken
                if determined and not ordinary and len(words[here].norm) > 3:
                    return here
                break
        return None

    def _verb(self, token: Token) -> bool:
        return self._has("gives", token) or self._has("contacts", token)

    # -- context -----------------------------------------------------------------------

    def _context(self, words: Sequence[Token], party: Span) -> tuple[list[Token], list[Token]]:
        """The words before (nearest first, without determiners) and after, within the sentence."""
        before: list[Token] = []
        for token in reversed(words[: party.first]):
            if token.is_end or token.mark == ":" or len(before) >= REACH:
                break
            before.append(token)
        self._drop_determiners(before)
        of_someone = party.value in SOMEONE
        if not of_someone and len(before) > 1 and self._has("from", before[0]) and self._has("person", before[1]):
            del before[:2]  # "[naam] van de politie", "een collega van de wmo": the party itself
            self._drop_determiners(before)
        after: list[Token] = []
        for token in words[party.last :]:
            if token.is_end or len(after) >= REACH + 2:
                break
            after.append(token)
            if token.mark == ":":
                break
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

    def _as_label(self, words: Sequence[Token], party: Span) -> Reading | None:
        """ "Toegang jeugd: mag ik ...", "schuldhulp hier.", "jeugdhulpaanbieder, we willen ..."."""
        if party.value not in self._askers or any(
            not self._has("label_before", token) for token in words[: party.first]
        ):
            return None
        after = words[party.last :]
        while after and self._has("here", after[0]):
            after = after[1:]
            if not after or after[0].is_end or self._any("i", after[:2]) or self._any("modal", after[:1]):
                return Reading(Part.ASKER, sure=0.9)
        mark = words[party.last - 1].mark
        colon = mark == ":" or (bool(after) and after[0].norm in ".;")
        own = self._any("i", after[:3])
        return Reading(Part.ASKER, sure=0.9) if colon or (mark == "," and own) else None

    def _describes_another(self, before: list[Token], party: Span) -> Reading | None:
        """ "de ex van een cliënt": of the two the first is meant."""
        described = len(before) > 1 and before[0].norm == "van" and self._has("heads", before[1])
        described = described and party.value in SOMEONE
        return Reading(Part.MENTIONED, sure=0.8) if described else None

    def _left_out(self, before: list[Token]) -> Reading | None:
        """ "zonder de ouders te vragen", "zonder dat moeder het weet": they get nothing."""
        near = [token.norm for token in before[:2]]
        return Reading(Part.MENTIONED, sure=0.8) if near[:1] == ["zonder"] or near == ["dat", "zonder"] else None

    def _has_an_opinion(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "mijn collega zegt dat het mag", "volgens de jurist": they speak of the rules, and get nothing."""
        if before and self._has("according", before[0]):
            return Reading(Part.MENTIONED, sure=0.8)
        says = after and self._has("opines", after[0])
        claims = len(after) > 1 and (after[1].norm == "dat" or after[0].mark in (":", ","))
        return Reading(Part.MENTIONED, sure=0.8) if says and claims else None

    def _as_asker(self, words: Sequence[Token], before: list[Token], after: list[Token], party: Span) -> Reading | None:
        back = [token.norm for token in before]
        if party.value in self._askers and _WE_ARE.search("".join(f"{token.norm} " for token in words[: party.first])):
            return Reading(Part.ASKER, sure=0.95)
        alone = len(back) == 1 or (len(before) > 1 and before[1].mark == ",")
        if party.value in self._askers and back[:1] == ["ben"] and alone:
            return Reading(Part.ASKER, sure=0.95)  # "Ben bijstandsconsulent."
        if party.value in self._askers and before and self._has("asks_us", before[0]) and not self._any("i", before):
            return Reading(Part.ASKER, sure=0.8)  # "raad vraagt gemeente om info"
        beside = words[party.first - 1] if party.first else None
        if (
            beside is not None
            and self._has("we", beside)
            and (beside.mark == "(" or self._apposed(words, beside, party))
        ):
            return Reading(Part.ASKER, sure=0.9)  # "aan ons (wmo)", "vraagt mij, jeugdhulpverlener,"
        for cue in self._asker:
            reach = len(cue)
            if tuple(reversed(back[:reach])) != cue:
                continue
            own = self._any("i", after[:2]) or self._any("modal", after[:1]) or self._is_own_role(words, after, party)
            if cue == (self._conditional,) and not own:
                return None  # "als school belt", "als de moeder nee zegt": a condition
            return Reading(Part.ASKER, sure=0.95)
        return None

    def _apposed(self, words: Sequence[Token], beside: Token, party: Span) -> bool:
        """ "mij, jeugdhulpverlener, om info": between commas, who "mij" is."""
        return beside.mark == "," and words[party.last - 1].mark == "," and party.value in self._askers

    def _is_own_role(self, words: Sequence[Token], after: list[Token], party: Span) -> bool:
        """ "als schuldhulpverlener loongegevens opvragen", but not "als school belt"."""
        bare = party.first > 0 and words[party.first - 1].norm == self._conditional
        return bare and party.value in self._askers and not self._any("condition_verbs", after[:2])

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
        described = bool(after) and self._has("describes", after[0])
        for index, token in enumerate(after[: REACH + 2 if described else REACH]):
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
        # "school wil het hele plan": what is wanted may be just a thing.
        wanting = wanting or (verb.norm in WANTS and bool(rest) and self._is_thing(rest[0]))
        return not self._has("half_asks", verb) or (wanting and not self._any("negators", rest[:2]))

    def _is_thing(self, token: Token) -> bool:
        """ "wil het plan", "wil geboortedata", but not "wil stoppen", "wil niet", "wil dat"."""
        return self._has("articles", token) or not (token.norm.endswith("en") or self._has("no_thing", token))

    def _gives_us(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "de huisarts moet ons vertellen", "GI wil mij het plan sturen"."""
        if self._any("me", after[:4]) and self._any("gives", after):
            return Reading(Part.SOURCE, sure=0.8)
        return None

    def _by_preposition(self, before: list[Token], after: list[Token]) -> Reading | None:
        if not before:
            return None
        first, around = before[0], [*before[1:], *after]
        if first.norm == "met" and any(token.norm == "hoe" for token in before) and self._any("fares", after[:2]):
            return Reading(Part.MENTIONED, sure=0.8)  # "vraagt hoe het met moeder gaat"
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
