"""The case of a conversation: what one turn leaves behind for the next."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from knowledge.question import Advice, Asked, unique

# Acts in which data go from one to another; "en met de huisarts?" goes back to the last of these.
DIRECTED = ("share", "request")
# Of these facts a message may name several at once: two children, two recipients.
SEVERAL = ("age", "party")
# What a person said is kept with that person, and weighed anew in every turn.
OF_PERSONS = ("consent", "custody")
# What a word means, or a part of a topic, is asked once; it says nothing of the case.
OF_THE_MESSAGE = ("term", "aspect")


class Case(BaseModel):
    """What is known in a conversation. It holds facts of the tables, never text of a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = 0
    act: str | None = None  # of the last question
    exchange: str | None = None  # the last act in which data went from one to another
    facts: dict[str, tuple[str, ...]] = {}
    persons: dict[str, dict[str, str]] = {}
    asked: Asked | None = None  # what the bot asked back in its last answer
    role: str | None = None  # told once, it outlives the case
    municipality: str | None = None

    def anew(self) -> Case:
        """The next case of the same person: only where that person works is remembered."""
        return Case(number=self.number + 1, role=self.role, municipality=self.municipality)

    def after(self, advices: Sequence[Advice]) -> Case:
        """The case after an answer; what was only assumed is not remembered."""
        if not advices:
            return self.model_copy(update={"asked": None})
        last = advices[-1]
        told = [_told(advice) for advice in advices]
        facts = {**told[-1], **{name: _all(name, told) for name in SEVERAL if _all(name, told)}}
        about_exchange = last.act in DIRECTED
        return Case(
            number=self.number,
            act=last.act,
            exchange=last.act if about_exchange else self.exchange,
            # An explanation in between leaves the case as it was.
            facts=facts if about_exchange else {**self.facts, **facts},
            persons=last.persons if about_exchange else {**self.persons, **last.persons},
            asked=next((advice.asked for advice in advices if advice.asked), None),
            role=next(iter(told[-1].get("role", ())), None) or self.role,
            municipality=last.municipality or self.municipality,
        )


def _told(advice: Advice) -> dict[str, tuple[str, ...]]:
    told_of_persons = OF_PERSONS if advice.persons else ()
    left_out = {*(one.fact for one in advice.assumed), *advice.implied, *OF_THE_MESSAGE, *told_of_persons}
    return {name: values for name, values in advice.facts.items() if name not in left_out}


def _all(name: str, told: Sequence[dict[str, tuple[str, ...]]]) -> tuple[str, ...]:
    return unique(value for one in told for value in one.get(name, ()))
