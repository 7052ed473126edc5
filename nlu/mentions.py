"""What was read in a message as features of the classifier: who gets what, under which law.

Words alone tell the classifier little about a recipient or a kind of data it never saw.  That there
is a recipient, that a consent was refused, that the message goes on with something said before:
these it can learn from few examples.  Stands after `nlu.component.CaseReader` in the pipeline.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from nlu.component import CaseReader, Vocabulary, as_entity

# Entities that tell nothing of what is asked.
SILENT = ("municipality",)
# A feature seen in one example only is chance.
LEAST_EXAMPLES = 2
WORDS_A_STEP = 4
MOST_STEPS = 6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MentionFeaturizer(GraphComponent):
    """Counts the kinds and values of the facts read in a message."""

    FILE = "features.json"

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        origin: str,
        names: Iterable[str] = (),
    ) -> None:
        """Keep where the names of the features are stored, and the names themselves."""
        self._model_storage = model_storage
        self._resource = resource
        self._origin = origin
        self._columns = {name: index for index, name in enumerate(names)}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MentionFeaturizer:
        """Make an untrained component."""
        return cls(model_storage, resource, execution_context.node_name or cls.__name__)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MentionFeaturizer:
        """Make the component from what training kept."""
        with model_storage.read_from(resource) as directory:
            names = json.loads((directory / cls.FILE).read_text(encoding="utf-8"))
        origin = execution_context.node_name or cls.__name__
        return cls(model_storage, resource, origin, names)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which features occur often enough to mean something."""
        read = _read(training_data.intent_examples, CaseReader.vocabulary(training_data))
        counts = Counter(name for names in read for name in set(names))
        kept = sorted(name for name, count in counts.items() if count >= LEAST_EXAMPLES)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / self.FILE).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to every example; the extractors have not run on these."""
        examples = training_data.training_examples
        for message, names in zip(examples, _read(examples, CaseReader.vocabulary(training_data)), strict=True):
            self._add(message, names)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features of what CaseReader found."""
        for message in messages:
            self._add(message, feature_names(message.get(ENTITIES) or [], message.get(TEXT) or ""))
        return messages

    def _add(self, message: Message, names: Iterable[str]) -> None:
        counts = Counter(self._columns[name] for name in names if name in self._columns)
        row = csr_matrix(
            (list(counts.values()), ([0] * len(counts), list(counts))), shape=(1, len(self._columns)), dtype=float
        )
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._origin))


def _read(messages: Iterable[Message], vocabulary: Vocabulary) -> Iterator[list[str]]:
    read = _reading(json.dumps(vocabulary, sort_keys=True))
    for message in messages:
        yield read(message.get(TEXT) or "")


@lru_cache(maxsize=1)
def _reading(vocabulary: str) -> Callable[[str], list[str]]:
    """Reads each text once: training asks for the features of every example twice."""
    from nlu.reading import Reader  # needed for training only

    reader = Reader(json.loads(vocabulary))

    @cache
    def read(text: str) -> list[str]:
        return feature_names([as_entity(mention) for mention in reader.read(text)], text)

    return read


def feature_names(entities: Iterable[Mapping[str, Any]], text: str) -> list[str]:
    """The features of a message: kinds and values of its facts, the parts of parties, its length."""
    names = [f"length:{min(MOST_STEPS, len(text.split()) // WORDS_A_STEP)}"]
    for entity in entities:
        kind, value = entity["entity"], entity["value"]
        if kind in SILENT:
            continue
        names += [f"{kind}:{entity['role']}" if kind == "party" else kind, f"{kind}={value}"]
    return names
