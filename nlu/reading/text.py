"""Tokens of a message, folded for comparison, with their place in the original text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import simplemma

from nlu.reading.language import Lemmas

# A placeholder of the guard is one token, so that "[naam]" is never the word "naam".
_TOKEN = re.compile(r"\[[a-z\-]+\]|\w+|[?!.;]")
END = frozenset("?!.;")
MARKS = ",:()"


@dataclass(frozen=True)
class Token:
    """A word: as compared (`norm`), its dictionary form (`lemma`) and where it stands."""

    norm: str
    lemma: str
    start: int
    end: int
    mark: str = ""  # the comma, colon or bracket behind the word
    other: str = ""  # another dictionary form, from the spaCy model

    @property
    def forms(self) -> frozenset[str]:
        """All forms under which the word may stand in the vocabulary."""
        return frozenset({self.norm, self.lemma, self.other} - {""})

    @property
    def is_end(self) -> bool:
        """True for the sign that ends a sentence."""
        return self.norm in END


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    """One character, lower case and without accent; always one character long."""
    folded = unicodedata.normalize("NFKD", char.lower())[:1]
    return folded or char


def fold(text: str) -> str:
    """Fold a text for comparison; every offset stays what it was."""
    return "".join(fold_char(char) for char in text)


@lru_cache(maxsize=16384)
def lemma(word: str) -> str:
    """The dictionary form of a folded word; short words stand for themselves."""
    if len(word) < 4 or not word.isalpha():
        return word
    return fold(simplemma.lemmatize(word, lang="nl"))


@lru_cache(maxsize=16384)
def is_dutch(word: str) -> bool:
    """True when the dictionary knows the word: then it is no typing error."""
    return bool(simplemma.is_known(word, lang="nl"))


def tokens(text: str, lemmas: Lemmas | None = None) -> list[Token]:
    """The words and sentence ends of a text, in order.

    Args:
        text: the message.
        lemmas: gives further dictionary forms by the place of a word (see `nlu.reading.language`).
    """
    folded = fold(text)
    others = lemmas(text) if lemmas else {}
    return [
        Token(
            found.group(),
            lemma(found.group()),
            found.start(),
            found.end(),
            mark=_mark(folded, found.end()),
            other=fold(others.get(found.start(), "")),
        )
        for found in _TOKEN.finditer(folded)
    ]


def _mark(text: str, end: int) -> str:
    behind = text[end : end + 2].lstrip()[:1]
    return behind if behind and behind in MARKS else ""
