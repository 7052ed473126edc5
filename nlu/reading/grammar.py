"""Who asks, and which way the data go: the part each party plays in a sentence.

A party that is named is the one who asks ("ik als hulpverlener"), the one who gets the data
("delen met school", "school wil weten"), the one they come from ("opvragen bij school"), or
only mentioned ("het dossier van moeder").  The cues are tried from the surest to the least
sure; what none of them settles stays open and the act decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import yaml

from nlu.reading.lexicon import Span
from nlu.reading.text import Token

CUES = Path(__file__).with_name("cues.yaml")
# "wij zijn de gemeente": "zijn" is a determiner elsewhere.
_WE_ARE = re.compile(r"\b(?:wij|we) zijn (?:(?:van|bij) )?(?:de |het |een )?$")
# Whose man, woman or colleague is somebody else: "de man van een cliënte".
SOMEONE = ("client", "jeugdige", "inwoner", "ouder", "familie")
WANTS = ("wil", "willen", "wilt", "wilde")
# Whom the data are about: they are named oftener than they get something.
# "ik werk in het wijkteam": no role yet, for it may work for two laws, but no other party either.
TEAM = "wijkteam"
SUBJECTS = ("client", "jeugdige", "inwoner")
# Where one speaks in a meeting, all who sit there hear it.
MEETINGS = ("zorg-en-veiligheidshuis",)
PLURAL = ("en", "s")
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
        askers: the parties that may put the question, and as whom.
        path: the file with the cues.
    """

    def __init__(self, askers: Mapping[str, str] = MappingProxyType({}), path: Path = CUES) -> None:
        self._askers = askers
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        # The longest first: "werk als", before "als" alone.
        self._asker = sorted((tuple(words) for words in data["asker_before"]), key=len, reverse=True)
        self._conditional: str = data["conditional"]
        self._labels: Mapping[str, str] = data["labels"]
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
        last = words[party.last - 1]
        if party.length > 1 and self._has("asks", last):
            return Reading(Part.RECIPIENT, asked=True, sure=0.85)  # the phrase holds the verb: "raad belt"
        before, after = self._context(words, party)
        plural = last.lemma != last.norm and last.norm.endswith(PLURAL)
        plural = plural or self._any("joins", (*before[:1], *after[:1]))  # "werkgever en ex vragen"
        return (
            self._as_label(words, party)
            or self._as_asker(words, before, after, party)
            or self._describes_another(before, party)
            or self._left_out(before)
            or self._has_an_opinion(before, after)
            or self._observed(before, after)
            or self._wants_me_to(before, after)
            or self._holds(words, before, after, party)
            or self._asked_by(before, after)
            or self._would_get(before, after)
            or self._may_get(before, after)
            or self._by_preposition(before, after, party)
            or self._gets_first(before)
            or self._asks_us(before, after, plural)
            or self._gives_us(before, after)
            or self._objects(before, after)
            or self._asks_at_last(words, before, party)
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

    def employed(self, words: Sequence[Token], first: Span, second: Span) -> bool:
        """True when the first is a profession with the second: "de orthopedagoog van school"."""
        if first.value not in self._sets["professions"] or second.value not in self._sets["employers"]:
            return False
        between = [token for token in words[first.last : second.first] if not self._has("determiners", token)]
        if [self._has("employed", token) for token in between] != [True] or words[first.last - 1].is_end:
            return False
        # "als gezinsbegeleider van school horen": the asker, who wants to hear it of the school.
        return not (self._has("self", words[first.first]) or self._as_asker(words, *self._context(words, first), first))

    def too(self, words: Sequence[Token], second: Span) -> bool:
        """True when a party is added to one before it: "..., de zus van mevrouw ook", "en oma waar ze slaapt"."""
        before = [token for token in words[: second.first] if not self._has("determiners", token)][-1:]
        and_then = self._any("joins", before) and self._any("asked_what", words[second.last : second.last + 1])
        if and_then:
            return True
        beside = any(token.mark == "," for token in words[max(0, second.first - 2) : second.first])
        if not beside and not self._any("joins", before):
            return False
        for place in range(second.last, min(len(words), second.last + REACH)):
            token = words[place]
            if token.norm == "ook":
                return place + 1 == len(words) or words[place + 1].is_end
            if token.is_end or token.mark == "," or self._has("modal", token):
                return False
        return False

    def label(self, words: Sequence[Token], spans: Sequence[Span]) -> tuple[int, str] | None:
        """Who asks, told in a clause of its own: "Toegang. Mag ik ...", "mag dat, klantmanager bijstand".

        Args:
            words: the tokens of the message.
            spans: the phrases found.

        Returns:
            The place of the label and the party, or None.
        """
        for place, token in enumerate(words):
            value = self._labels.get(token.norm)
            if value and not any(span.first <= place < span.last and span.length > 1 for span in spans):
                party = Span("party", value, place, place + 1, 1.0)
                before, after = self._context(words, party)
                if not self._is_condition(before, after) and self._as_asker(words, before, after, party):
                    return place, value  # "wij van toegang", "als bijstand mag ik"
        clauses = list(_clauses(words))
        if len(clauses) < 2:
            return None
        for first, last in clauses:
            found = self._labelled(words, first, last, spans)
            if found is not None:
                return found
        return None

    def _labelled(self, words: Sequence[Token], first: int, last: int, spans: Sequence[Span]) -> tuple[int, str] | None:
        start = first
        while start < last and self._has("label_before", words[start]):
            start += 1
        end = last
        while end > start and self._has("here", words[end - 1]):
            end -= 1
        if start >= end:
            return None
        opens = first == 0 or words[first - 1].is_end
        closes = last == len(words) or words[last].is_end
        # "delen met school, toegang jeugd en huisarts": one of a row, no label.
        listed = not opens and any(
            span.first < first <= span.last or (span.first <= first - 1 < span.last)
            for span in spans
            if span.entity == "party"
        )
        party = next(
            (span for span in spans if (span.first, span.last) == (start, end) and span.entity == "party"), None
        )
        asks_as = self._askers.get(party.value) if party is not None else None
        # Of a school alone, only what comes first: "wie mag dit weten, school?"
        if party is not None and asks_as and (asks_as == party.value or first == 0) and not listed:
            return start, asks_as
        value = self._labels.get(" ".join(token.norm for token in words[start:end]))
        return (start, value) if value and value in self._askers and (opens or closes) and not listed else None

    def of_the_subject(self, words: Sequence[Token], spans: Sequence[Span]) -> Span | None:
        """The party that "die", "ze" or "hij" stands for in "mogen die mij zeggen of", or None."""
        for index in range(len(words) - 2):
            if not (self._has("modal", words[index]) and self._has("pronouns", words[index + 1])):
                continue
            rest = words[index + 2 : index + 2 + REACH]
            if self._any("me", rest[:2]) and self._any("gives", rest):
                earlier = [span for span in spans if span.last <= index and span.value not in SUBJECTS]
                return earlier[-1] if earlier else None
        return None

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
        first = words[party.first]
        if party.length > 1 and (self._has("towards", first) or self._has("from", first)):
            before.insert(0, first)  # "bij inkomen": the preposition is part of the name
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
        while before and self._has("determiners", before[0]) and not self._are(before):
            before.pop(0)

    def _are(self, before: Sequence[Token]) -> bool:
        """ "wij zijn": a verb, where "zijn" is a determiner elsewhere."""
        return len(before) > 1 and before[0].norm == "zijn" and before[1].norm in ("wij", "we")

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

    def _observed(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "hoor ik mijn cliënt vertellen": they speak, we do not."""
        near = before[:3]
        heard = any(self._has("observes", token) for token in near) and self._any("i", near)
        return Reading(Part.MENTIONED, sure=0.8) if heard and self._any("gives", after[:3]) else None

    def _wants_me_to(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "de GI wil dat ik haar plan ontvang": they give; "school wil dat ik het plan stuur": they get."""
        if before and (self._has("towards", before[0]) or self._has("from", before[0])):
            return None
        place = next((index for index, token in enumerate(after) if token.norm in WANTS), None)
        if place is None or [token.norm for token in after[place + 1 : place + 2]] != ["dat"]:
            return None
        clause = after[place + 2 :]
        if not self._any("i", clause[:1]):
            return None
        if self._any("i_receive", clause):
            return Reading(Part.SOURCE, sure=0.85)
        elsewhere = self._any("towards", clause) or not self._any("gives", clause)
        return None if elsewhere else Reading(Part.RECIPIENT, asked=True, sure=0.75)

    def _holds(self, words: Sequence[Token], before: list[Token], after: list[Token], party: Span) -> Reading | None:
        """ "de gegevens die de wmo al van mijn klant heeft": they have what we want."""
        near = words[max(0, party.first - 2) : party.first]
        if not any(token.norm == "die" for token in near) or not self._any("held", before[:2]):
            return None
        return Reading(Part.SOURCE, sure=0.8) if self._any("holds", after) and not self._any("i", after[:2]) else None

    def _objects(self, before: list[Token], after: list[Token]) -> Reading | None:
        """ "ouders willen niet dat ik antwoord": they say no, and get nothing; "school wil niets geven": we asked."""
        wants = bool(after) and after[0].norm in WANTS
        if wants and self._any("negators", after[1:4]) and self._any("gives", after) and not self._any("i", after):
            return Reading(Part.SOURCE, sure=0.75)
        return Reading(Part.MENTIONED, sure=0.7) if wants and self._any("negators", after[1:4]) else None

    def _as_asker(self, words: Sequence[Token], before: list[Token], after: list[Token], party: Span) -> Reading | None:
        back = [token.norm for token in before]
        if party.value in self._askers and _WE_ARE.search("".join(f"{token.norm} " for token in words[: party.first])):
            return Reading(Part.ASKER, sure=0.95)
        alone = len(back) == 1 or (len(before) > 1 and before[1].mark == ",")
        if party.value in self._askers and back[:1] == ["ben"] and alone:
            return Reading(Part.ASKER, sure=0.95)  # "Ben bijstandsconsulent."
        if (party.value in self._askers or party.value == TEAM) and self._works_there(before):
            return Reading(Part.ASKER, sure=0.9)  # "ik zit al twaalf jaar in het wijkteam"
        if party.value in self._askers and self._asks_someone(before):
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

    def _asks_someone(self, before: Sequence[Token]) -> bool:
        """ "raad vraagt ...", but not "nu vraagt ..."."""
        asks = len(before) > 1 and self._has("asks_us", before[0]) and not self._has("then", before[1])
        return asks and not before[1].is_end and not self._any("i", before)

    def _works_there(self, before: Sequence[Token]) -> bool:
        """ "ik werk sinds een jaar bij": only words of time stand between."""
        if not before or not self._has("works_in", before[0]):
            return False
        for index, token in enumerate(before[1:], 1):
            if self._has("works", token):
                return self._any("i", before[index + 1 : index + 2]) or index + 1 == len(before)
            if not (self._has("of_time", token) or token.norm.isdigit() or self._has("determiners", token)):
                return False
        return False

    def _apposed(self, words: Sequence[Token], beside: Token, party: Span) -> bool:
        """ "mij, jeugdhulpverlener, om info": between commas, who "mij" is."""
        if beside.mark != "," or party.value not in self._askers:
            return False
        # "mij, consulent jeugd van de gemeente, om info"
        return any(token.mark == "," for token in words[party.last - 1 : party.last + 3])

    def _is_condition(self, before: list[Token], after: list[Token]) -> bool:
        """ "als bijstand van hem stopt", but not "als bijstand mag ik"."""
        bare = [token.norm for token in before[:1]] == [self._conditional] and not self._any("we", before[1:2])
        return bare and not (self._any("i", after[:2]) or self._any("modal", after[:1]))

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
        verb = next((token for token in after if self._has("gives", token) or self._has("receives", token)), None)
        to_us = any(self._has("towards", one) and self._has("me", two) for one, two in pairwise(after))
        if (self._any("me", after[:3]) or to_us) and verb is not None and self._has("gives", verb):
            return Reading(Part.SOURCE, sure=0.85)
        if any(token.norm == "van" for token in after[:4]) and self._any("me", after):
            return Reading(Part.RECIPIENT, sure=0.85)
        if self._any("receives", after):
            return Reading(Part.RECIPIENT, sure=0.8)
        return None

    def _gets_first(self, before: list[Token]) -> Reading | None:
        """ "krijgt de huisarts een brief": at the head of the sentence, or behind "en"."""
        opens = len(before) == 1 or (len(before) > 1 and self._has("joins", before[1]))
        return Reading(Part.RECIPIENT, sure=0.75) if opens and self._has("gets", before[0]) else None

    def _asks_us(self, before: list[Token], after: list[Token], plural: bool) -> Reading | None:
        """ "school vraagt", "de politie belt": the other party takes the first step."""
        if before and (self._has("towards", before[0]) or self._has("from", before[0])):
            return None
        if before and self._has("modal", before[0]):
            return None
        if before and self._has("asks_first", before[0]) and (len(before) == 1 or self._has("then", before[1])):
            return Reading(Part.RECIPIENT, asked=True, sure=0.85)  # "nu belt de voorzitter"
        if after and self._has("gets", after[0]) and self._from_us(after[1:]):
            return Reading(Part.RECIPIENT, sure=0.85)  # "het bureau krijgt van mij"
        described = bool(after) and self._has("describes", after[0])
        for index, token in enumerate(after[: REACH + 2 if described else REACH]):
            if self._has("i", token):
                return None
            if self._has("asks", token) and self._is_asking(token, before, after[index + 1 :], plural):
                return Reading(Part.RECIPIENT, asked=True, sure=0.85)
            if token.mark == "," and not described and index + 1 < len(after) and self._has("then", after[index + 1]):
                return None  # "een jongen van 17 loopt bij mij, nu belt zijn moeder"
        return None

    def _asks_at_last(self, words: Sequence[Token], before: list[Token], party: Span) -> Reading | None:
        """ "de wethouder kreeg een brief over een gezin en wil nu het dossier lezen": one subject, two verbs."""
        if before:
            return None
        for place in range(party.last, len(words) - 1):
            if words[place].is_end or self._has("i", words[place]):
                return None
            verb = words[place + 1]
            if self._has("joins", words[place]) and self._has("asks_on", verb):
                return Reading(Part.RECIPIENT, asked=True, sure=0.75)
        return None

    def _from_us(self, rest: Sequence[Token]) -> bool:
        """ "van mij", "van ons": right behind the verb."""
        return len(rest) > 1 and self._has("from", rest[0]) and self._has("me", rest[1])

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

    def _by_preposition(self, before: list[Token], after: list[Token], party: Span) -> Reading | None:
        if not before:
            return None
        first, around = before[0], [*before[1:], *after]
        if first.norm == "met" and any(token.norm == "hoe" for token in before) and self._any("fares", after[:2]):
            return Reading(Part.MENTIONED, sure=0.8)  # "vraagt hoe het met moeder gaat"
        if self._has("about", first):
            return Reading(Part.MENTIONED, sure=0.8)
        if self._has("towards", first):
            if len(before) > 1 and self._has("no_giving", before[1]):
                return Reading(Part.MENTIONED, sure=0.8)  # "ruzie met de moeder", "jeugdhulp aan een meisje"
            if first.norm == "aan" and self._any("questions", around) and self._own_act(before):
                return Reading(Part.SOURCE, sure=0.8)
            if first.norm == "met" and party.value in SUBJECTS and not self._any("gives", around):
                return Reading(Part.MENTIONED, sure=0.6)  # "mijn ex zit met de kinderen in de opvang"
            return Reading(Part.RECIPIENT, sure=0.8)
        if party.value in MEETINGS and first.norm in ("in", "bij") and self._any("gives", around):
            return Reading(Part.RECIPIENT, sure=0.75)  # "dat ik in het veiligheidshuis vertel"
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


def _clauses(words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The parts of a message between its commas, colons, brackets and sentence ends: from which word up to which."""
    first = 0
    for place, token in enumerate(words):
        if token.is_end:
            if place > first:
                yield first, place
            first = place + 1
        elif token.mark:
            yield first, place + 1
            first = place + 1
    if first < len(words):
        yield first, len(words)
