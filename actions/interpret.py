"""From what was read in a message to the questions it asks. No Rasa import.

The intent gives the act, the sentence may correct it (who asks whom decides whether data
are given or fetched), and the case fills in what the message leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from actions.replies import Answered, reply
from knowledge.case import DIRECTED, OF_PERSONS, Case
from knowledge.knowledge import Knowledge
from knowledge.question import ACT, Fact, Origin, Question, told

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
    "age",
)
# Who may read a file as his own, or for somebody else: then the question is about that right.
ACCESS = "access_right"
OWN_DATA = (
    *("client", "jeugdige", "inwoner", "ouder", "ouder-met-gezag", "ouder-zonder-gezag", "voogd", "mentor"),
    *("curator", "wettelijk-vertegenwoordiger", "gemachtigde", "advocaat", "bewindvoerder", "nabestaande"),
)
CONSENT = "consent"
# Topics about a kind of data or about care with it; when data went astray the question is about the breach.
ABOUT_DATA = ("bsn", "special_data", "security")
GONE_ASTRAY = frozenset({"kwijt", "verkeerd-geadresseerd", "hack", "gluren"})
BREACH = "data_breach"
# Topics in which "mag de wijkagent erbij blijven" is about sharing, also when it names a part of the topic.
ABOUT_WHO_GETS_IT = ("case_meeting", "police")
# Topics in which a sentence that speaks of writing down asks for recording.
DECISION = "document_decision"
ABOUT_RECORDING = ("special_data", "bsn", "necessity", "legal_basis", DECISION)
# Intents that ask no law. An unsure guess among these gives way to a sentence that names who
# gets the data, or where they come from.
WITHOUT_LAW = ("off_topic", "misuse", "human", "greet", "thanks", "goodbye", "restart", "explain_bot", "legal_other")
# Topics of which the overview says "ja" to who asks whether it may.
PERMITTING = ("report_code", "forced_care", "early_signalling")
# Early signalling brings data to these; to others it is sharing.
SIGNALS = "early_signalling"
GET_SIGNALS = ("college", "schuldhulpverlener")
# Intents by which a message is sent away as not of the field.
REFUSALS = ("off_topic", "legal_other")
# Pleasantries that are believed sooner, also as a fragment in a conversation.
PLEASANTRIES = ("greet", "thanks", "goodbye", "restart", "human")
UNSURE = 0.5
# Below this certainty a topic gives way to a sentence that names who gets the data, or where they come from.
WAVERING = 0.6
# Facts of the field: a message that tells two of them is not sent away on an unsure guess.
OF_THE_FIELD = ("party", "role", "law", "data", "measure", "consent", "custody", "purpose", "concern")
# In a conversation a fragment is taken for a follow-up unless the intent is surer than this.
SURE_FRAGMENT = 0.8
VAGUE = 0.45
REFUSED = "consent_refused"
RECORD = "record"
FOLLOW_UP = "inform"
# A direction read in the sentence goes before the intent from this certainty on.
SURE = 0.7
FAIRLY_SURE = 0.6  # enough where the intent itself is a guess
MAX_QUESTIONS = 3
# People whom a message is about; they are the other party only when no one else is named.
SUBJECTS = ("client", "jeugdige", "inwoner")
COLLEGE = "college"
# A department named by its law: "aan de wmo", "bij de bijstand".
DEPARTMENTS = {
    "wmo": "wmo-consulent",
    "bijstand": "bijstandsconsulent",
    "schulden": "schuldhulpverlener",
    "jeugd": "toegang-jeugd",
}
# Whom the data are about, or who decides for them: telling them is a part of many topics.
CONCERNED = (*SUBJECTS, "ouder", "ouder-met-gezag", "wettelijk-vertegenwoordiger")
# Who is in a story without giving anything.
WITH_THE_CASE = (*CONCERNED, "ouder-zonder-gezag", "ex-partner", "partner", "familie", "rechtbank", "advocaat")
ASPECT = "aspect"
INFORMING = "betrokkene-inlichten"
# Facts that belong to one other party, and do not go along to the next one.
OF_THE_PARTY = ("party", "initiative", "consent")
# Read apart: the parties by the part they play, data, ages and aspects as sets, may or must as the modality.
NOT_A_FACT = ("party", "data", "age", ASPECT, "modality")
AS_SETS = ("data", ASPECT)


@dataclass(frozen=True)
class Turn:
    """One message as Rasa understood it, with the case it came in."""

    intent: str
    entities: Sequence[Mapping[str, Any]]
    text: str = ""
    case: Case = field(default_factory=Case)
    profile: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 1.0
    ranking: Sequence[str] = ()  # the intents that come into question, likeliest first

    @property
    def does(self) -> frozenset[str]:
        """What the message does in the conversation: goes on, corrects, turns round, begins anew."""
        return frozenset(one["value"] for one in self.entities if one["entity"] == "turn")

    @property
    def act(self) -> str:
        """The intent, unless the sentence tells better what is asked."""
        if self.case.act is not None and self._follows_up():
            return FOLLOW_UP
        unsure = self.confidence < UNSURE and self.intent not in (*DIRECTED, FOLLOW_UP) and "explains" not in self.does
        outweighed = self.intent in REFUSALS and self.confidence < self._field_outweighs()
        if (unsure or outweighed) and self.does & {"gives", "fetches"}:
            return "share" if "gives" in self.does else "request"
        if outweighed:
            return next((one for one in self.ranking if one not in WITHOUT_LAW), self.intent)
        if self.intent in ABOUT_DATA and self.aspects & GONE_ASTRAY and "whether" not in self.does:
            return BREACH
        about = self.intent in ABOUT_RECORDING and "explains" not in self.does
        about = about and (self.intent != DECISION or self.confidence < UNSURE) and not self._by_another
        vague = self.confidence < VAGUE and self.intent not in (*DIRECTED, FOLLOW_UP)
        return RECORD if "records" in self.does and (about or vague) else self.intent

    @property
    def _by_another(self) -> bool:
        """True for "mag de welzijnsstichting het bsn noteren": not the asker's own record."""
        others = [one for one in self.entities if one["entity"] == "party" and one["value"] not in WITH_THE_CASE]
        return "whether" in self.does and any(one.get("role") == "open" for one in others)

    def _field_outweighs(self) -> float:
        """How sure a refusal must be, by how many different facts of a case the message tells."""
        told = {one["entity"] for one in self.entities} & set(OF_THE_FIELD)
        return SURE_FRAGMENT if len(told) > 2 else UNSURE if len(told) > 1 else 0.0

    @property
    def aspects(self) -> set[str]:
        """The parts of a topic that the message names."""
        return {one["value"] for one in self.entities if one["entity"] == ASPECT}

    def _follows_up(self) -> bool:
        """A fragment, a bare statement or a vague remark in a conversation belongs to what was asked."""
        if "new" in self.does or not self.does & {"goes-on", "fragment"}:
            return False
        if self.intent in PLEASANTRIES:
            return self.confidence < UNSURE
        if self.does & {"fragment", "states"}:
            # "wat is een dpia", "mag ik dit opnemen": short, but a question of its own.
            enough = UNSURE if "explains" in self.does else SURE if "whether" in self.does else SURE_FRAGMENT
            return self.confidence < enough
        return self.confidence < VAGUE

    @property
    def goes_on(self) -> bool:
        """True when the message can only be read with the case before it."""
        points_back = bool(self.does & {"goes-on", "fragment", "correction"})
        return "new" not in self.does and (self.act == FOLLOW_UP or points_back)


def questions(turn: Turn, knowledge: Knowledge) -> list[Question]:
    """The questions in a message: one for each other party and each age, at least one."""
    answered = _answered(turn, knowledge)
    if answered is not None:
        turn = replace(turn, intent=FOLLOW_UP)
    told_now = _told(turn.entities, knowledge)
    parties, act = _parties(turn, knowledge)
    if answered is not None:
        act, parties = turn.case.act or act, parties if answered.fact == "party" else []
        if answered.fact == ACT:
            act = answered.value or act
        elif answered.value is not None:
            told_now[answered.fact] = told(answered.value)
    elif act == FOLLOW_UP:
        act = _act_of_the_case(turn, parties)
    if "reversed" in turn.does and act in DIRECTED and not parties:
        act = DIRECTED[1 - DIRECTED.index(act)]
    persons = _persons(turn, parties)
    if act == REFUSED:
        act = "share"
        if not any("consent" in facts for facts in persons.values()):
            told_now.setdefault("consent", told("refused"))
    if act not in DIRECTED and _tells_those_concerned(turn):
        told_now.setdefault(ASPECT, told(INFORMING))
    case = _case(turn, parties)
    # "foutje, het gaat om de wmo": then someone else's law holds, and another role.
    other_law = "law" in told_now and bool(knowledge.implied("law", told_now["law"].value))
    known = {**({} if other_law else _role(turn)), **{name: fact for name, (fact, *_) in case.items()}, **told_now}
    ages = _several("age", _values(turn.entities, "age"), case)
    others = _several("party", [party["value"] for party in parties], case)
    modality = _modality(turn, act)
    municipality = _first(turn.entities, "municipality") or turn.case.municipality or turn.profile.get("municipality")
    unknown = frozenset({answered.fact} if answered is not None and answered.value is None else ())
    asked = []
    nothing: list[Fact | None] = [None]
    for party, age in product(others or nothing, ages or nothing):
        facts = {name: fact for name, fact in known.items() if name not in ("age", "party")}
        if age:
            facts["age"] = age
        if party:
            facts["party"] = Fact(frozenset({_with_custody(party.value, facts)}), party.origin)
        asked.append(Question(act, facts, modality, municipality, persons, unknown))
    return asked[:MAX_QUESTIONS]


def _modality(turn: Turn, act: str) -> str:
    """Whether the person asks if it must, what holds, or (the rest) if it may."""
    # "verwijsindex", "moet hij bericht krijgen": no question whether the asker may or must do it; a story is one.
    story = "states" in turn.does and "fragment" not in turn.does and turn.confidence >= WAVERING
    about_topic = act in PERMITTING and bool(turn.entities) and "whether" not in turn.does and not story
    if _first(turn.entities, "modality") == "must" and not about_topic:
        return "must"
    return "what" if about_topic or ("explains" in turn.does and act not in DIRECTED) else "may"


def _answered(turn: Turn, knowledge: Knowledge) -> Answered | None:
    """What the message answers to the bot's own question, if it is no question itself."""
    asked = turn.case.asked
    if asked is None or "new" in turn.does or "?" in turn.text:
        return None
    return reply(asked, turn.text, turn.entities, knowledge)


def _tells_those_concerned(turn: Turn) -> bool:
    """ "moet ik het ouders vertellen als ik bij Veilig Thuis meld": whether those it is about hear of it."""
    return any(
        one["entity"] == "party" and one.get("role") == "recipient" and one["value"] in CONCERNED
        for one in turn.entities
    )


def _act_of_the_case(turn: Turn, parties: Sequence[Mapping[str, Any]]) -> str:
    """A follow-up asks what was asked before; one that names a party goes back to giving or fetching."""
    directed = [part for one in parties if (part := one.get("role")) in ("recipient", "source")]
    if parties and (turn.case.exchange or directed):
        return turn.case.exchange or ("request" if directed[0] == "source" else "share")
    return turn.case.act or "share"


# -- what the message tells --------------------------------------------------------------


def _told(entities: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name in AS_SETS:
        if values := _values(entities, name):
            facts[name] = told(*values)
    for name in knowledge.facts:
        if name in NOT_A_FACT:
            continue
        value = _first(entities, name)
        if value:
            facts[name] = told(value)
    if "role" in facts and not knowledge.may_ask(facts["role"].value):
        del facts["role"]  # "ik werk in het wijkteam": the law that holds is still open
    asker = next((one["value"] for one in entities if one["entity"] == "law" and one.get("role") == "asker"), None)
    if asker in DEPARTMENTS and "role" not in facts:
        facts["role"] = told(DEPARTMENTS[asker])
    law = facts.get("law")
    if law and law.value in DEPARTMENTS and facts.get("role") == told(COLLEGE):
        facts["role"] = told(DEPARTMENTS[law.value])  # "wij als gemeente hebben de jeugdhulp toegekend"
    return facts


def _values(entities: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    return list(dict.fromkeys(str(one["value"]) for one in entities if one["entity"] == name))


def _first(entities: Sequence[Mapping[str, Any]], name: str) -> str | None:
    """The value of a fact that is nobody's in particular.

    A consent or authority of one person is kept with that person; a law that stands for the
    other department tells nothing of the asker.
    """
    for one in reversed(entities) if name == "consent" else entities:
        of_person = name == "consent" and one.get("group")
        other_department = name == "law" and one.get("role") in ("recipient", "source")
        if one["entity"] == name and not of_person and not other_department:
            return str(one["value"])
    return None


def _persons(turn: Turn, parties: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """What is known of each person; what they said of a former party does not go along."""
    kept = turn.case.persons if turn.goes_on else {}
    if _moved(turn, parties):
        kept = {person: {k: v for k, v in facts.items() if k not in OF_THE_PARTY} for person, facts in kept.items()}
    persons = {person: dict(facts) for person, facts in kept.items() if facts}
    for one in turn.entities:
        if one["entity"] in OF_PERSONS and one.get("group"):
            persons.setdefault(one["group"], {})[one["entity"]] = str(one["value"])
    return persons


# -- who gives to whom -------------------------------------------------------------------


def _parties(turn: Turn, knowledge: Knowledge) -> tuple[list[Mapping[str, Any]], str]:
    """The other parties of the question, and the act after looking at who asks whom."""
    named = [one for one in turn.entities if one["entity"] == "party"]
    named += [
        {**one, "value": DEPARTMENTS[one["value"]]}
        for one in turn.entities
        if one["entity"] == "law" and one.get("role") in ("recipient", "source") and one["value"] in DEPARTMENTS
    ]
    if turn.act == FOLLOW_UP and turn.case.facts.get("party"):
        named = _after_the_party(turn, named)
    recipients = [one for one in named if one.get("role") == "recipient"]
    sources = [one for one in named if one.get("role") == "source"]
    act = turn.act
    if recipients and all(one["value"] in SUBJECTS for one in sources):
        sources = []  # "het UWV vraagt gegevens van een klant": the data are about him, not his to give
    if recipients and sources:
        chosen = sources if act == "request" else recipients
    elif recipients or sources:
        chosen = recipients or sources
        sure = max(float(one.get("confidence_entity", 1.0)) for one in chosen)
        enough = SURE if turn.confidence >= WAVERING or turn.act in DIRECTED else FAIRLY_SURE
        if sure >= enough and _about_exchange(turn, chosen):
            act = "share" if recipients else "request"
    else:
        parts = ("open", None) if act in (*DIRECTED, FOLLOW_UP, REFUSED) else ("open", "mentioned", None)
        open_ = [one for one in named if one.get("role") in parts]
        # "gegevens van mijn cliënt delen": whom the data are about, not who gets them.
        others = [one for one in open_ if one["value"] not in SUBJECTS]
        chosen = others if act in (*DIRECTED, FOLLOW_UP, REFUSED) else others or open_
        if not chosen and act == "request":
            # "de onderbouwing van het CIZ, mag ik die opvragen": whose data they are, gives them.
            chosen = [one for one in named if one.get("role") == "mentioned" and one["value"] not in WITH_THE_CASE]
        chosen = chosen[:1]
    return _closest(chosen, knowledge), act


def _after_the_party(turn: Turn, named: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The parties in a follow-up that may take the place of the one before.

    A parent who says yes or no, or whose authority is told, stays a person in the case; a bare
    statement ("er was ook een melding bij Veilig Thuis") names no new party unless it corrects.
    """
    told = {one["entity"] for one in turn.entities}
    if "states" in turn.does and not turn.does & {"fragment", "correction"}:
        return []
    about_persons = bool(told & {"consent", "custody"}) or any(
        one["entity"] == "term" and one["value"] == "gezag" for one in turn.entities
    )
    return [one for one in named if not (about_persons and one["value"] == "ouder" and one.get("role") != "recipient")]


def _about_exchange(turn: Turn, chosen: Sequence[Mapping[str, Any]]) -> bool:
    """True when a sentence that names who gets or gives the data goes before the intent."""
    if turn.act in DIRECTED:
        return True
    if turn.act == ACCESS and not any(one["value"] in OWN_DATA for one in chosen):
        return "explains" not in turn.does  # "een raadslid wil het dossier inzien": not his own data
    if turn.act == CONSENT and ("gives" in turn.does or turn.confidence < VAGUE):
        return "explains" not in turn.does
    if turn.act == SIGNALS:
        return all(one.get("role") == "recipient" and one["value"] not in GET_SIGNALS for one in chosen)
    unsure = turn.confidence < UNSURE
    who_gets_it = turn.act in ABOUT_WHO_GETS_IT and "whether" in turn.does
    detailed = turn.confidence >= SURE_FRAGMENT and bool(turn.aspects)
    if detailed and not who_gets_it:
        return False  # "mag het BSN in de onderwerpregel van de mail aan ...": about the topic itself
    if turn.act in WITHOUT_LAW:
        return unsure
    if turn.act in ABOUT_SHARING:
        return "explains" not in turn.does or unsure
    return "explains" not in turn.does and turn.confidence < WAVERING


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
        return "ouder-zonder-gezag" if custody.value == "without" else "ouder-met-gezag"
    return party


# -- what was known ----------------------------------------------------------------------


def _role(turn: Turn) -> dict[str, Fact]:
    """Where the person works: told earlier in this conversation, or chosen on the channel."""
    if turn.case.role:
        return {"role": Fact(frozenset({turn.case.role}), Origin.CASE)}
    role = turn.profile.get("role")
    return {"role": Fact(frozenset({role}), Origin.PROFILE)} if role else {}


def _moved(turn: Turn, parties: Sequence[Mapping[str, Any]]) -> bool:
    """True when the message goes on to another party."""
    return bool(parties) and parties[0]["value"] not in turn.case.facts.get("party", ())


def _case(turn: Turn, parties: Sequence[Mapping[str, Any]]) -> dict[str, list[Fact]]:
    """What the case adds, each value apart; a new party takes over only what is not about the former."""
    if not turn.goes_on:
        return {}
    left_out = ("role", *(OF_THE_PARTY if _moved(turn, parties) else ()))
    return {
        name: [Fact(frozenset(values), Origin.CASE)]
        if name == "data"
        else [Fact(frozenset({value}), Origin.CASE) for value in values]
        for name, values in turn.case.facts.items()
        if values and name not in left_out
    }


def _several(name: str, now: Sequence[str], case: Mapping[str, Sequence[Fact]]) -> list[Fact]:
    """The values of a fact of which there may be several: those of now, else those of the case."""
    return [told(value) for value in now] or list(case.get(name, ()))
