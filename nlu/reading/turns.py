"""What a message does in the conversation: it goes on, corrects, turns round or begins anew."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import yaml

from nlu.reading.lexicon import Lexicon
from nlu.reading.text import Token

CUES = Path(__file__).with_name("turns.yaml")
ANYWHERE = ("correction", "reversed", "new", "records")
OWN_ACTS = ("gives", "fetches")
REPLIES = ("unsure", "yes", "no")
# Words in a message that can only be read with the one before it.
FRAGMENT = 6
# A reply to a question of the bot is short, and says it in its first words.
MAX_REPLY = 9
FIRST_WORDS = 3


class Turns:
    """Tells what the words of a message do in the conversation."""

    def __init__(self, path: Path = CUES) -> None:
        cues: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._phrases = Lexicon({"turn": {phrase: kind for kind in ANYWHERE for phrase in cues[kind]}}, fuzzy=False)
        self._replies = Lexicon({"reply": {phrase: kind for kind in REPLIES for phrase in cues[kind]}}, fuzzy=False)
        self._opens = frozenset(cues["opens_follow_up"])
        self._back = frozenset(cues["points_back"])
        self._introduces = frozenset(cues["introduces"])
        self._people = frozenset(cues["people"])
        self._asks_what = frozenset(cues["asks_what"])
        self._never_whether = frozenset(cues["never_whether"])
        self._permits = frozenset(cues["permits"])
        self._duty = frozenset(cues["duty"])
        self._allowed = frozenset(cues["allowed"])
        self._modal = frozenset(cues["modal"])
        self._may_follow = frozenset(cues["may_follow"])
        self._we = frozenset(cues["we"])
        self._whether = frozenset(cues["whether"])
        self._whose = frozenset(cues["whose"]) | self._we
        self._of_another = frozenset(cues["of_another"])
        self._writes = frozenset(cues["writes"])
        self._papers = tuple(cues["papers"])
        self._own_acts = {kind: frozenset(cues[kind]) for kind in OWN_ACTS}

    def read(self, words: Sequence[Token]) -> tuple[str, ...]:
        """What the message does, none or several.

        correction, reversed, new, goes-on, fragment (nothing by itself), explains (asks what, who
        or when, not whether it is allowed), whether (asks if it may or must), yes, no, unsure.
        """
        said = [token for token in words if not token.is_end]
        if not said:
            return ()
        found = [span.value for span in self._phrases.find(words)]
        if len(said) <= MAX_REPLY:
            found += [span.value for span in self._replies.find(words) if span.first < FIRST_WORDS][:1]
        if self._explains(words):
            found.append("explains")
        if not any(token.norm == "?" for token in words) and not self._asks(said):
            found.append("states")
        found += [kind for kind in OWN_ACTS if self._own_act(said, self._own_acts[kind])]
        if self._written(said):
            found.append("records")
        if self._wants_to_know_whether(words):
            found.append("whether")
        if "new" not in found:
            found.append("new" if self._introduced(said) else "goes-on" if self._goes_on(said) else "")
        if "new" not in found and (len(said) <= FRAGMENT or said[0].norm in self._opens):
            found.append("fragment")
        return tuple(dict.fromkeys(one for one in found if one))

    def must(self, words: Sequence[Token]) -> bool:
        """ "moet die dat geven", "verplicht?": a duty is asked for, and nothing says "mag"."""
        said = {token.norm for token in words}
        return bool(said & self._duty) and not said & self._allowed

    def _introduced(self, said: Sequence[Token]) -> bool:
        """ "een meisje van 12", "een ander gezin": somebody who was not in the conversation yet."""
        pairs = itertools.pairwise(said)
        first_is_new = any(one.norm in self._introduces and two.norm in self._people for one, two in pairs)
        return first_is_new and len(said) > FRAGMENT

    def _asks(self, said: Sequence[Token]) -> bool:
        """ "mag dat", "hoe zit het": a question, also without its sign."""
        if said[0].norm in self._asks_what or said[0].norm in self._modal:
            return True
        return any(one.norm in self._modal and two.norm in self._may_follow for one, two in itertools.pairwise(said))

    def _own_act(self, said: Sequence[Token], verbs: frozenset[str]) -> bool:
        """ "mag ik ... overleggen": the one who asks wants to give, or to fetch."""
        for index, (one, two) in enumerate(itertools.pairwise(said)):
            if one.norm in self._modal and two.norm in self._we:
                return any(token.norm in verbs for token in said[index + 2 :])
        return False

    def _wants_to_know_whether(self, words: Sequence[Token]) -> bool:
        """ "mag ik", "moet dat", "meld ik hem?", "is het verplicht": not what, who or when."""
        for index, token in enumerate(words):
            if token.norm in self._whether:
                return True
            behind = words[index + 1].norm if index + 1 < len(words) else ""
            opens = not index or words[index - 1].is_end or bool(words[index - 1].mark)
            if behind in self._whose and (token.norm in self._modal or (opens and behind in self._we)):
                return True
            if opens and token.norm in self._allowed and behind in self._of_another:
                return True  # "mag de wijkagent erbij blijven", but not "moet de moeder bericht krijgen"
        return False

    def _written(self, said: Sequence[Token]) -> bool:
        """ "zet ik dat in het jeugddossier": a verb of writing, and behind "in" the paper on which it comes."""
        if not any(token.norm in self._writes for token in said):
            return False
        return any(
            token.norm == "in" and any(near.norm.endswith(self._papers) for near in said[place + 1 : place + 4])
            for place, token in enumerate(said)
        )

    def _explains(self, words: Sequence[Token]) -> bool:
        """ "welke stap komt daarna?", but not "wat mag ik vertellen"."""
        clauses: list[list[Token]] = [[]]
        for token in words:
            if not token.is_end:
                clauses[-1].append(token)
            if token.is_end or token.mark == ",":
                clauses.append([])
        asking = next((clause for clause in reversed(clauses) if clause), [])
        if not asking or asking[0].norm not in self._asks_what:
            return False
        # "hoelang mag VT wachten" asks for a term, also with "mag"; "hoe mag ik" asks whether.
        about_else = asking[0].norm in self._never_whether or [token.norm for token in asking[:2]] == ["hoe", "lang"]
        return about_else or not any(token.norm in self._permits for token in asking[1:4])

    def _goes_on(self, said: Sequence[Token]) -> bool:
        short = len(said) <= FRAGMENT
        return short or said[0].norm in self._opens or any(token.norm in self._back for token in said)
