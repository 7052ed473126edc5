"""The classifier: how it scales the counts of a message."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from nlu.classifier import ScaledLogisticRegression


class NoStorage:
    """A storage for a classifier that is not kept."""

    def write_to(self, resource: Resource) -> Any:
        raise AssertionError("nothing is kept here")


def classifier(**config: Any) -> ScaledLogisticRegression:
    made = ScaledLogisticRegression.create(
        {**ScaledLogisticRegression.get_default_config(), **config},
        cast(Any, NoStorage()),
        Resource("classifier"),
        ExecutionContext(GraphSchema({}), node_name="classifier"),
    )
    return cast(ScaledLogisticRegression, made)


def message(words: list[int], characters: list[int], intent: str | None = None) -> Message:
    made = Message({"text": "een bericht", "intent": intent})
    for origin, counts in (("words", words), ("characters", characters)):
        made.add_features(Features(csr_matrix([counts]), "sentence", "text", origin))
        made.add_features(Features(csr_matrix([counts]), "sequence", "text", origin))
    return made


def rows(*messages: Message) -> Any:
    return classifier()._create_X(list(messages)).toarray()


def test_each_featurizer_weighs_the_same_in_every_message() -> None:
    [short, long] = rows(message([1, 0], [1, 1, 0]), message([5, 2], [40, 30, 9]))
    for row in (short, long):
        assert np.linalg.norm(row[:2]) == pytest.approx(1)
        assert np.linalg.norm(row[2:]) == pytest.approx(1)


def test_a_repeated_word_counts_less_each_time() -> None:
    [row] = rows(message([3, 1], [1, 0, 0]))
    assert row[0] / row[1] == pytest.approx(np.log(4) / np.log(2))


def test_a_message_without_known_words_is_all_zero() -> None:
    [row] = rows(message([0, 0], [0, 0, 0]))
    assert not row.any()


def test_it_learns_and_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    learner = classifier(ranking_length=1)
    monkeypatch.setattr(learner, "persist", lambda: None)
    learner.train(TrainingData([message([4, 0], [1, 0, 0], "share"), message([0, 2], [0, 0, 1], "record")]))
    [done] = learner.process([message([0, 1], [0, 1, 1])])
    assert done.get("intent")["name"] == "record"
    assert done.get("intent_ranking") == [done.get("intent")]


@pytest.mark.parametrize(("config", "expected"), [({}, 10.0), ({"C": 3.0}, 3.0)])
def test_the_configuration_sets_the_regularisation(config: dict[str, float], expected: float) -> None:
    assert expected == classifier(**config).clf.C
