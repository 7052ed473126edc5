"""Cuts a message with more than one question into its questions.

A case told in several sentences with one question stays whole: the story belongs to the
question.  Where two or three sentences each ask something they are asked one by one, each
with the sentences before it; what the first one tells goes along as facts of the case.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^?!.\n]+[?!.\n]*")
MAX_QUESTIONS = 3
MIN_WORDS = 3


def split_questions(text: str) -> list[str]:
    """The questions in a text, at most three; a text with one question or none stays whole."""
    whole = " ".join(text.split())
    if not whole:
        return []
    pieces: list[str] = []
    story: list[str] = []
    for found in _SENTENCE.finditer(text):
        sentence = " ".join(found.group().split())
        if not sentence:
            continue
        story.append(sentence)
        if sentence.endswith("?") and len(sentence.split()) >= MIN_WORDS:
            pieces.append(" ".join(story))
            story = []
    if len(pieces) < 2 or len(pieces) > MAX_QUESTIONS:
        return [whole]
    return [*pieces[:-1], " ".join([pieces[-1], *story])]
