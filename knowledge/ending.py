"""What holds at the end of a guided conversation, in words: verdict first, then why, what, and whom to turn to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from knowledge.answer import Answerer, Part
from knowledge.flow import NO_ANSWER
from knowledge.moment import spoken_moment
from knowledge.schema import Contacts, FlowEnding

# Whom and what the sentences of an ending may name; one of the people must be named.
PEOPLE = ("dpo", "privacy_officer", "child_abuse_lead", "veilig_thuis", "crisis")
DEADLINE = "deadline"
NO_DEADLINE = "72 uur nadat iemand in je organisatie het wist"
# What was told and what it came to, for a text that is ready to be sent; without a conversation, what stands there.
OUTCOME, TOLD = "outcome", "told"
NO_OUTCOME, NOTHING_TOLD, SKIPPED = "[uitkomst]", "[wat je vertelde]", "[nog aanvullen]"


def ending_parts(
    ending: FlowEnding,
    words: Answerer,
    contacts: Contacts,
    deadline: datetime | None,
    told: Sequence[tuple[str, str]] = (),
) -> list[Part]:
    """The parts of an ending, in reading order.

    Args:
        ending: where the conversation ended.
        words: cites the articles of the day.
        contacts: who is who in the municipality.
        deadline: the end of the legal term, if the flow has one.
        told: the answers on the way, as `knowledge.flow.told` gives them.
    """
    say = ending.say
    filling = {
        **{name: getattr(contacts, name) for name in PEOPLE},
        DEADLINE: spoken_moment(deadline) if deadline else NO_DEADLINE,
        OUTCOME: ending.label,
        # Last: what someone typed is not filled in itself.
        TOLD: "\n".join(f"{label}: {SKIPPED if text == NO_ANSWER else text}" for label, text in told) or NOTHING_TOLD,
    }
    labels = words.cite_labels(ending.cite)
    parts = [
        Part("verdict", filled(say.verdict, filling)),
        Part("why", filled(f"{say.why} ({labels})" if labels else say.why, filling)),
    ]
    if say.share:
        parts.append(Part("share", f"Wel: {filled(say.share, filling)}"))
    if say.withhold:
        parts.append(Part("withhold", f"Niet: {filled(say.withhold, filling)}"))
    parts.append(Part("now", "Nu doen:\n" + "\n".join(f"- {filled(step, filling)}" for step in say.now)))
    ready = [text for text in (say.reply, say.client, say.request) if text]
    parts += [Part("copy", f"Tekst om te gebruiken:\n{filled(text, filling)}") for text in ready]
    return parts


def filled(text: str, filling: Mapping[str, str]) -> str:
    """The text with the people and the term in it."""
    for name, value in filling.items():
        text = text.replace("{" + name + "}", value)
    return text
