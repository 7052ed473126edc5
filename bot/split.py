"""Cuts a message with more than one question into its questions.

A case told in several sentences with one question stays whole: the story belongs to the
question.  Where two or three sentences each ask something they are asked one by one, each
with the sentences before it; what the first one tells goes along as facts of the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"[^?!.\n]+[?!.\n]*")
MAX_QUESTIONS = 3
MIN_WORDS = 3
MAX_TOLD = 8
# "mag ik de huisarts bellen, en mag dat in mijn verslag?", "..., en zet ik dat in het dossier?": two questions.
_AND_MAY = re.compile(
    r",?\s+en\s+(?=(?:mag|mogen|moet|moeten)\s+(?!ook\b))"
    r"|,\s+en\s+(?=(?:zet|schrijf|noteer|bewaar|vertel|meld|krijgt|krijgen|kan|kunnen|hoort|horen|is|wie|hoe|wat)\s+(?!ook\b))",
    re.IGNORECASE,
)
_ASKED_BEFORE = re.compile(
    r"\b(?:mag|mogen|moet|moeten|kan|kunnen)\s+(?:ik|we|wij|de|het|een|mijn|onze|deze|die|zij|ze|hij)\b", re.I
)


def _sentences(text: str) -> Iterator[str]:
    for found in _SENTENCE.finditer(text):
        sentence = " ".join(found.group().split())
        if not sentence:
            continue
        joint = _AND_MAY.search(sentence) if sentence.endswith("?") else None
        if joint and _ASKED_BEFORE.search(sentence[: joint.start()]):
            yield f"{sentence[: joint.start()].rstrip(',')}?"
            sentence = sentence[joint.end() :]
        yield sentence


def split_questions(text: str) -> list[str]:
    """The questions in a text, at most three; a text with one question or none stays whole."""
    whole = " ".join(text.split())
    if not whole:
        return []
    pieces: list[str] = []
    story: list[str] = []
    for sentence in _sentences(text):
        story.append(sentence)
        if sentence.endswith("?") and len(sentence.split()) >= MIN_WORDS:
            pieces.append(" ".join(story))
            story = []
    if len(pieces) < 2 or len(pieces) > MAX_QUESTIONS:
        return [whole]
    rest = " ".join(story)
    # "... ? Ben haar hulpverlener." tells of every question before it.
    told = rest if len(rest.split()) <= MAX_TOLD else ""
    return [
        *(" ".join(filter(None, (piece, told))) for piece in pieces[:-1]),
        " ".join(filter(None, (pieces[-1], rest))),
    ]
