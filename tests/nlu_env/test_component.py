"""The component that reads the facts: its vocabulary and what it makes of mentions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.component import CaseReader

from .conftest import HERE, ROOT
from .plain_reader import Mention


class Saying:
    """A reader that finds the same in every message."""

    def __init__(self, *mentions: Mention) -> None:
        self._mentions = list(mentions)

    def read(self, text: str) -> list[Mention]:
        """The mentions it was made with."""
        return self._mentions


def component(reader: Any = None) -> CaseReader:
    return CaseReader(cast(Any, None), Resource("reader"), reader)


def read(reader: Any, **message: Any) -> list[dict[str, Any]]:
    [done] = component(reader).process([Message({"text": "een bericht", **message})])
    return cast(list[dict[str, Any]], done.get("entities"))


def words(text: str) -> TrainingData:
    return RasaYAMLReader().reads(text)


def test_the_vocabulary_is_made_of_the_lookup_tables() -> None:
    data = words((HERE / "words.yml").read_text(encoding="utf-8"))
    assert CaseReader.vocabulary(data) == {
        "party": {"school": "school", "leerhuis": "school"},
        "law": {"wmo": "wmo"},
        "role": {"wmo": "wmo-consulent"},
    }


def test_a_vocabulary_over_several_files_is_one() -> None:
    one = words("nlu:\n- lookup: party:school\n  examples: |\n    - school\n")
    two = words("nlu:\n- lookup: party:school\n  examples: |\n    - leerhuis\n")
    assert CaseReader.vocabulary(one.merge(two)) == {"party": {"school": "school", "leerhuis": "school"}}


@pytest.mark.parametrize(
    "case",
    yaml.safe_load((HERE / "bad_words.yml").read_text(encoding="utf-8")),
    ids=lambda case: str(case["why"]),
)
def test_a_mistake_in_the_vocabulary_is_told(case: dict[str, str]) -> None:
    with pytest.raises(InvalidConfigException, match=case["told"]):
        CaseReader.vocabulary(words(case["data"]))


def test_the_vocabulary_of_the_project_is_sound() -> None:
    files = sorted((ROOT / "nlu/data/lookups").glob("*.yml"))
    data = TrainingData().merge(*(words(path.read_text(encoding="utf-8")) for path in files))
    entities = yaml.safe_load((ROOT / "domain/entities.yml").read_text(encoding="utf-8"))["entities"]
    assert CaseReader.vocabulary(data).keys() <= {name for entity in entities for name in entity}


def test_what_was_trained_is_what_is_loaded(tmp_path: Path, plain_reading: None) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("reader")
    context = ExecutionContext(GraphSchema({}))
    data = words("nlu:\n- lookup: party:school\n  examples: |\n    - schóól\n")
    CaseReader.create({}, storage, resource, context).train(data)
    loaded = CaseReader.load({}, storage, resource, context)
    [message] = loaded.process([Message({"text": "naar schóól"})])
    assert [(e["value"], e["start"], e["end"]) for e in message.get("entities")] == [("school", 5, 11)]


@pytest.fixture
def plain_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the plain reader in place of the project's own."""
    import nlu.reading

    from . import plain_reader

    monkeypatch.setattr(nlu.reading, "Reader", plain_reader.Reader)


def test_a_mention_becomes_an_entity() -> None:
    [entity] = read(Saying(Mention("party", "school", 3, 9, "source", 0.8)))
    assert entity == {
        "entity": "party",
        "value": "school",
        "start": 3,
        "end": 9,
        "role": "source",
        "confidence_entity": 0.8,
        "extractor": "CaseReader",
    }


def test_a_mention_without_a_role_has_none() -> None:
    assert "role" not in read(Saying(Mention("law", "wmo", 0, 3)))[0]


def test_the_same_mention_counts_once() -> None:
    school = Mention("party", "school", 3, 9)
    assert len(read(Saying(school, school, Mention("party", "school", 12, 18)))) == 2


def test_entities_of_another_component_stay_and_count_once() -> None:
    others = [{"entity": "party", "value": "school", "start": 3, "end": 9, "extractor": "another"}]
    found = read(Saying(Mention("party", "school", 3, 9), Mention("law", "wmo", 10, 13)), entities=others)
    assert [entity["extractor"] for entity in found] == ["another", "CaseReader"]


def test_a_message_without_facts_has_no_entities() -> None:
    assert read(Saying()) == []


def test_an_untrained_component_reads_nothing_silently() -> None:
    with pytest.raises(RuntimeError, match="not trained"):
        component().process([Message({"text": "hallo"})])
