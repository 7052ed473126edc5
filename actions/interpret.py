"""From what was read in a message to the questions it asks. No Rasa import.

The intent gives the act, the sentence may correct it (who asks whom decides whether data
are given or fetched), and what was known of the case fills in what the message leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.knowledge import Knowledge
from knowledge.question import Fact, Origin, Question, told

DIRECTED = ("share", "request")
# Topics in which a sentence that names who gets the data, or where they come from, asks for
# giving or fetching: "mag de wijkagent erbij blijven" is about sharing, not about the police.
ABOUT_SHARING = (
    "consent_refused",
    "police",
    "case_meeting",
    "forced_care",
    "report_code",
    "bsn",
    "special_data",
    "necessity",
    "triage",
    "legal_basis",
)
# Intents that ask no law. An unsure guess among these gives way to a sentence that names who
# gets the data, or where they come from.
WITHOUT_LAW = ("off_topic", "misuse", "human", "greet", "thanks", "goodbye", "restart", "explain_bot", "legal_other")
UNSURE = 0.5
REFUSED = "consent_refused"
FOLLOW_UP = "inform"
# A direction read in the sentence goes before the intent from this certainty on.
SURE = 0.7
MAX_QUESTIONS = 3
# People whom a message is about; they are the other party only when no one else is named.
SUBJECTS = ("client", "jeugdige", "inwoner")
# A department named by its law: "aan de wmo", "bij de bijstand".
DEPARTMENTS = {
    "wmo": "wmo-consulent",
    "bijstand": "bijstandsconsulent",
    "schulden": "schuldhulpverlener",
    "jeugd": "toegang-jeugd",
}
# Facts that belong to one other party, and do not go along to the next one.
OF_THE_PARTY = ("party", "initiative", "consent", "purpose", "measure")
# What a word means is asked once; it says nothing of the case.
OF_THE_MESSAGE = ("term", "modality")
# Read apart: the parties by the part they play, data as a set, may or must as the modality.
NOT_A_FACT = ("party", "data", "modality")


@dataclass(frozen=True)
class Turn:
    """One message as Rasa understood it, with what was known of the case."""

    intent: str
    entities: Sequence[Mapping[str, Any]]
    act: str | None = None
    case: Mapping[str, Sequence[str]] = field(default_factory=dict)
    profile: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 1.0


def questions(turn: Turn, knowledge: Knowledge) -> list[Question]:
    """The questions in a message: one for each other party, at least one."""
    parties, act = _parties(turn, knowledge)
    told_now = _told(turn.entities, knowledge)
    if act == FOLLOW_UP:
        act = turn.act or "share"
    if act == REFUSED:
        act = "share"
        told_now.setdefault("consent", told("refused"))
    known = {**_profile(turn.profile), **_case(turn, parties), **told_now}
    modality = "must" if _first(turn.entities, "modality") == "must" else "may"
    municipality = _first(turn.entities, "municipality") or turn.profile.get("municipality")
    named = [{**known, "party": told(_with_custody(party["value"], known))} for party in parties[:MAX_QUESTIONS]]
    return [Question(act, facts, modality, municipality) for facts in named or [known]]


def _told(entities: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    data = [one["value"] for one in entities if one["entity"] == "data"]
    if data:
        facts["data"] = told(*data)
    for name in knowledge.facts:
        if name in NOT_A_FACT:
            continue
        value = _first(entities, name)
        if value:
            facts[name] = told(value)
    asker = next((one["value"] for one in entities if one["entity"] == "law" and one.get("role") == "asker"), None)
    if asker in DEPARTMENTS and "role" not in facts:
        facts["role"] = told(DEPARTMENTS[asker])
    return facts


def _first(entities: Sequence[Mapping[str, Any]], name: str) -> str | None:
    """The value of a fact; a party that is only the other department tells nothing of the asker."""
    for one in entities:
        if one["entity"] == name and not (name == "law" and one.get("role") in ("recipient", "source")):
            return str(one["value"])
    return None


def _parties(turn: Turn, knowledge: Knowledge) -> tuple[list[Mapping[str, Any]], str]:
    """The other parties of the question, and the act after looking at who asks whom."""
    named = [one for one in turn.entities if one["entity"] == "party"]
    named += [
        {**one, "value": DEPARTMENTS[one["value"]]}
        for one in turn.entities
        if one["entity"] == "law" and one.get("role") in ("recipient", "source") and one["value"] in DEPARTMENTS
    ]
    recipients = [one for one in named if one.get("role") == "recipient"]
    sources = [one for one in named if one.get("role") == "source"]
    act = turn.intent
    if recipients and sources:
        chosen = sources if act == "request" else recipients
    elif recipients or sources:
        chosen = recipients or sources
        sure = max(float(one.get("confidence_entity", 1.0)) for one in chosen) >= SURE
        if sure and (act in (*DIRECTED, *ABOUT_SHARING) or (act in WITHOUT_LAW and turn.confidence < UNSURE)):
            act = "share" if recipients else "request"
    else:
        parts = ("open", None) if act in DIRECTED else ("open", "mentioned", None)
        open_ = [one for one in named if one.get("role") in parts]
        # "gegevens van mijn cliënt delen": whom the data are about, not who gets them.
        others = [one for one in open_ if one["value"] not in SUBJECTS]
        chosen = others if act in DIRECTED else others or open_
        chosen = chosen[:1]
    return _closest(chosen, knowledge), act


def _closest(chosen: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> list[Mapping[str, Any]]:
    """Each party once; a group goes when a member of it is named too, a subject when others are."""
    others = [one for one in chosen if one["value"] not in SUBJECTS] or list(chosen)
    values = {one["value"] for one in others}
    kept: dict[str, Mapping[str, Any]] = {}
    for one in others:
        kin = any(one["value"] != other and one["value"] in knowledge.lineage("party", other) for other in values)
        if not kin:
            kept.setdefault(one["value"], one)
    return list(kept.values())


def _with_custody(party: str, known: Mapping[str, Fact]) -> str:
    """A parent of whom the authority is told is the parent with, or without it."""
    custody = known.get("custody")
    if party == "ouder" and custody:
        return "ouder-met-gezag" if custody.value == "with" else "ouder-zonder-gezag"
    return party


def _profile(profile: Mapping[str, str]) -> dict[str, Fact]:
    role = profile.get("role")
    return {"role": Fact(frozenset({role}), Origin.PROFILE)} if role else {}


def _case(turn: Turn, parties: Sequence[Mapping[str, Any]]) -> dict[str, Fact]:
    """What was known of the case; a new party takes over only what is not about the former."""
    former = list(turn.case.get("party", ()))
    moved = bool(parties) and parties[0]["value"] not in former
    return {
        name: Fact(frozenset(values), Origin.CASE)
        for name, values in turn.case.items()
        if values and name not in OF_THE_MESSAGE and not (moved and name in OF_THE_PARTY)
    }
