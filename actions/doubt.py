"""When the bot is not sure what is asked, a "ja" would be a guess: then it asks back."""

from __future__ import annotations

from collections.abc import Sequence

from actions.interpret import ABOUT_RECORDING, FOLLOW_UP, RECORD, REFUSED, Turn
from knowledge.case import DIRECTED
from knowledge.knowledge import Knowledge
from knowledge.question import ACT, Advice, Asked, Option, Question
from knowledge.schema import Verdict

# Below this certainty of the intent the words themselves must carry a "ja".
UNSURE = 0.45
# A party that is named is enough for giving or fetching from this certainty on.
FAIRLY_SURE = 0.35
CHOICES = 3


def doubtful(turn: Turn, advice: Advice) -> bool:
    """True when an advice would permit something of which it is not sure that it was asked."""
    if advice.verdict is not Verdict.ALLOWED_WITHOUT_CONSENT or turn.confidence >= UNSURE:
        return False
    if "explains" in turn.does and advice.act in DIRECTED:
        return True  # "hoelang mag VT wachten" is no question that "ja" answers
    if turn.case.act is not None and turn.act in (FOLLOW_UP, turn.case.act):
        return False
    return not _carried(turn, advice.act)


def _carried(turn: Turn, act: str) -> bool:
    """True when the sentence itself shows the act: who gets it, where it comes from, that it is noted."""
    parts = {one.get("role") for one in turn.entities if one["entity"] == "party"}
    if act in DIRECTED:
        wanted = "recipient" if act == "share" else "source"
        if act == "share" and wanted in parts and any(one["entity"] == "initiative" for one in turn.entities):
            return True  # "de toezichthouder wil drie dossiers inzien": the sentence says who asks what of whom
        if turn.intent in DIRECTED and turn.confidence >= FAIRLY_SURE and "open" in parts:
            return True
        return wanted in parts and (
            turn.intent in (*DIRECTED, REFUSED, FOLLOW_UP) or bool(turn.does & {"gives", "fetches"})
        )
    if act == RECORD:
        return "records" in turn.does and turn.intent in (RECORD, *ABOUT_RECORDING)
    return False


def ask_back(turn: Turn, question: Question, knowledge: Knowledge) -> Advice | None:
    """The question "bedoel je A of B?", with what was told; None when there is nothing to choose from."""
    options = [Option(value=act, label=knowledge.acts[act].label) for act in turn.ranking if act in knowledge.acts]
    if len(options) < 2:
        return None
    return Advice(
        act=question.act,
        facts={name: tuple(sorted(fact.values)) for name, fact in question.facts.items()},
        persons={person: dict(told) for person, told in question.persons.items()},
        modality=question.modality,
        municipality=question.municipality,
        verdict=Verdict.NEEDS_INFO,
        obligation=None,
        outcome=None,
        asked=Asked(fact=ACT, text="Wat bedoel je?", options=tuple(options[:CHOICES])),
    )


def sure(turn: Turn, asked: Sequence[Question], advices: Sequence[Advice], knowledge: Knowledge) -> list[Advice]:
    """The advices, or one question back instead of those of which the bot is not sure."""
    if not any(doubtful(turn, advice) for advice in advices):
        return list(advices)
    return [ask_back(turn, asked[0], knowledge) or _nothing_sure(advices[0])]


def _nothing_sure(advice: Advice) -> Advice:
    """No answer, where the alternatives lie outside the field: "mag ik een klant wegsturen"."""
    return advice.model_copy(
        update={"verdict": Verdict.NOT_UNDERSTOOD, "obligation": None, "outcome": None, "branches": ()}
    )
