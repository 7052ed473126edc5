"""The Dutch spaCy model, where it is installed (`make model`): further candidates for names.

The model is on no package index, so that nothing may depend on it: the guard's own recognisers
do without.  It only adds: what they found stays as it is, and a person that the model sees is
masked only when one of the words can be a name at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec

from bot.guard.lexicon import WORD, is_word, lexicon
from bot.guard.normalise import fold
from bot.guard.spans import CandidateRecogniser, Kind

PACKAGE = "nl_core_news_sm"
_PERSONS = frozenset({"PERSON", "PER"})


@lru_cache(maxsize=1)
def model_persons() -> tuple[CandidateRecogniser, ...]:
    """The recogniser of persons for `Guard(candidates=...)`; none without the model."""
    if find_spec(PACKAGE) is None:
        return ()
    import spacy  # takes a second and tens of megabytes: only when there is something to load

    pipeline = spacy.load(PACKAGE, exclude=["parser", "tagger", "morphologizer", "attribute_ruler", "lemmatizer"])

    def persons(text: str) -> Iterator[tuple[int, int, str]]:
        for found in pipeline(text).ents:
            if found.label_ in _PERSONS and _can_be_a_name(found.text):
                yield found.start_char, found.end_char, Kind.NAME.value

    return (persons,)


def _can_be_a_name(text: str) -> bool:
    """False for "Veilig Thuis", "Jeugdwet" and "Bladel", which a small model takes for persons."""
    lists, words = lexicon(), WORD.findall(text)
    low = [fold(word) for word in words]
    if lists.organisations.longest(low or [""], 0) or lists.places.longest(low or [""], 0):
        return False
    return any(not is_word(word) for word in words)
