"""The Dutch spaCy model, where it is installed (`make model`): further dictionary forms.

The model is on no package index, so that nothing may depend on it: without it simplemma's forms
do.  It only adds candidates for matching words of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from nlu.spacy_model import PACKAGE, model_version

Lemmas = Callable[[str], dict[int, str]]


@lru_cache(maxsize=1)
def model_lemmas() -> Lemmas | None:
    """A function from a text to the dictionary form of each word, by where it starts; None without the model."""
    if not model_version():
        return None
    import spacy  # takes a second and tens of megabytes: only when there is something to load

    pipeline = spacy.load(PACKAGE, exclude=["ner", "parser"])

    def lemmas(text: str) -> dict[int, str]:
        return {token.idx: token.lemma_.lower() for token in pipeline(text) if token.lemma_}

    return lemmas
