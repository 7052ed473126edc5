"""What was read in a message, as features of the classifier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.component import CaseReader, as_entity
from nlu.mentions import MentionFeaturizer, feature_names
from nlu.reading import Reader

DATA = """
nlu:
- lookup: party:school
  examples: |
    - school
    - leerhuis
- intent: share
  examples: |
    - mag ik dit delen met school
    - kan ik het plan sturen naar school
- intent: greet
  examples: |
    - hallo daar
"""
CONTEXT = ExecutionContext(GraphSchema({}), node_name="mentions")


def data() -> TrainingData:
    return RasaYAMLReader().reads(DATA)


def trained(folder: Path) -> MentionFeaturizer:
    storage, resource = LocalModelStorage(folder), Resource("mentions")
    MentionFeaturizer.create({}, storage, resource, CONTEXT).train(data())
    return MentionFeaturizer.load({}, storage, resource, CONTEXT)


def features(message: Message) -> Any:
    [feature] = message.features
    return feature.features.toarray()[0].tolist()


def test_a_party_counts_by_its_part_and_by_who_it_is() -> None:
    party = {"entity": "party", "value": "school", "role": "recipient"}

    assert feature_names([party], "aan school") == ["length:0", "party:recipient", "party=school"]


def test_the_municipality_tells_nothing_of_what_is_asked() -> None:
    assert feature_names([{"entity": "municipality", "value": "bladel"}], "in bladel") == ["length:0"]


def test_another_word_for_the_same_party_gives_the_same_features(tmp_path: Path) -> None:
    """Trained on "school" only, the classifier sees no difference with "leerhuis"."""
    featurizer = trained(tmp_path)
    reader = Reader(CaseReader.vocabulary(data()))
    messages = [
        Message({"text": text, "entities": [as_entity(mention) for mention in reader.read(text)]})
        for text in ("mag ik dit delen met school", "mag ik dit delen met leerhuis")
    ]

    one, two = (features(message) for message in featurizer.process(messages))

    assert one == two
    assert sum(one) > 1


def test_training_and_serving_see_the_same(tmp_path: Path) -> None:
    featurizer = trained(tmp_path)
    examples = featurizer.process_training_data(data()).training_examples
    reader = Reader(CaseReader.vocabulary(data()))
    served = [
        Message({"text": one.get("text"), "entities": [as_entity(mention) for mention in reader.read(one.get("text"))]})
        for one in examples
    ]

    assert [features(one) for one in examples] == [features(one) for one in featurizer.process(served)]


def test_a_feature_of_one_example_is_chance(tmp_path: Path) -> None:
    """The greeting has a length of its own, seen once: no feature is left."""
    featurizer = trained(tmp_path)
    [message] = featurizer.process([Message({"text": "hallo daar", "entities": []})])

    assert sum(features(message)) == pytest.approx(0)
