"""The pipeline component that reads the facts of a case from a message.

The vocabulary comes from the training data, so that Rasa's cache sees every change of it.  It is
written as lookup tables whose name is `<entity>:<value>` and whose examples are the phrases:

    version: "3.1"
    nlu:
      - lookup: party:school
        examples: |
          - school
          - basisschool

Synonyms are not used: in Rasa they are global (one phrase, one value), while "wmo" may be a law
and part of a role.  A phrase may stand under several entities, but within one entity under one
value only.  Other training data (annotations, regexes, synonyms) is not read here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import ENTITY_ATTRIBUTE_CONFIDENCE_TYPE
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_GROUP,
    ENTITY_ATTRIBUTE_ROLE,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

if TYPE_CHECKING:
    from nlu.reading import Mention

Vocabulary = dict[str, dict[str, str]]
"""Per entity: the phrase as people type it, and the value it stands for."""


class _Reads(Protocol):
    def read(self, text: str) -> list[Mention]: ...


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CaseReader(GraphComponent):
    """Adds the facts named in a message as entities; `nlu.reading` does the reading."""

    FILE = "vocabulary.json"

    def __init__(self, model_storage: ModelStorage, resource: Resource, reader: _Reads | None = None) -> None:
        """Keep where the vocabulary is stored; without a reader no message can be processed."""
        self._model_storage = model_storage
        self._resource = resource
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CaseReader:
        """Make an untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CaseReader:
        """Make the component from the vocabulary in the model."""
        from nlu.reading import Reader  # needed for reading only, not for training

        with model_storage.read_from(resource) as directory:
            vocabulary: Vocabulary = json.loads((directory / cls.FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, Reader(vocabulary))

    def train(self, training_data: TrainingData) -> Resource:
        """Store the vocabulary of the training data."""
        vocabulary = self.vocabulary(training_data)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / self.FILE).write_text(
                json.dumps(vocabulary, ensure_ascii=False, indent=0, sort_keys=True), encoding="utf-8"
            )
        return self._resource

    @staticmethod
    def vocabulary(training_data: TrainingData) -> Vocabulary:
        """The vocabulary in the lookup tables.

        Raises `InvalidConfigException`, with the place and the remedy, for a lookup whose name is
        not `<entity>:<value>` and for a phrase with two values for one entity.
        """
        found: Vocabulary = {}
        for table in training_data.lookup_tables:
            entity, colon, value = str(table["name"]).partition(":")
            if not (entity and colon and value):
                raise InvalidConfigException(
                    f"Opzoektabel “{table['name']}” heeft geen waarde in de naam. "
                    "Schrijf “lookup: <entiteit>:<waarde>”, bijvoorbeeld “lookup: party:school”."
                )
            if isinstance(table["elements"], str):
                raise InvalidConfigException(
                    f"Opzoektabel “{table['name']}” verwijst naar een bestand. Zet de woorden in de tabel zelf."
                )
            phrases = found.setdefault(entity, {})
            for phrase in table["elements"]:
                other = phrases.setdefault(phrase, value)
                if other != value:
                    raise InvalidConfigException(
                        f"“{phrase}” staat onder {entity}:{other} en onder {entity}:{value}. "
                        "Haal het bij een van beide weg."
                    )
        return found

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the mentions in each message to its entities; the same mention counts once."""
        if self._reader is None:
            raise RuntimeError("CaseReader is not trained")
        for message in messages:
            entities = list(message.get(ENTITIES) or [])
            seen = {_identity(entity) for entity in entities}
            for mention in self._reader.read(message.get(TEXT) or ""):
                entity = as_entity(mention)
                if _identity(entity) not in seen:
                    seen.add(_identity(entity))
                    entities.append(entity)
            message.set(ENTITIES, entities, add_to_output=True)
        return messages


def as_entity(mention: Mention) -> dict[str, Any]:
    """A mention in the form of Rasa; whose fact it is, Rasa calls the group."""
    entity: dict[str, Any] = {
        ENTITY_ATTRIBUTE_TYPE: mention.entity,
        ENTITY_ATTRIBUTE_VALUE: mention.value,
        ENTITY_ATTRIBUTE_START: mention.start,
        ENTITY_ATTRIBUTE_END: mention.end,
        ENTITY_ATTRIBUTE_CONFIDENCE_TYPE: mention.confidence,
        EXTRACTOR: CaseReader.__name__,
    }
    if mention.role is not None:
        entity[ENTITY_ATTRIBUTE_ROLE] = mention.role
    if mention.person is not None:
        entity[ENTITY_ATTRIBUTE_GROUP] = mention.person
    return entity


def _identity(entity: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        entity.get(key)
        for key in (
            ENTITY_ATTRIBUTE_TYPE,
            ENTITY_ATTRIBUTE_VALUE,
            ENTITY_ATTRIBUTE_ROLE,
            ENTITY_ATTRIBUTE_GROUP,
            ENTITY_ATTRIBUTE_START,
            ENTITY_ATTRIBUTE_END,
        )
    )
