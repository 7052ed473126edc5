"""What the levers of the classifier are worth: `python -m bench.levers [--diet EPOCHS] [--only WORDS]`.

Runs in the NLU environment.  Each variant learns the training data and guesses the intents of the
frozen validation set.  All but DIET work on the counts that config.yml describes, so that a variant
takes a minute and not five; DIET is Rasa's own, on the same counts.  Prints a table.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.shared.importers.importer import TrainingDataImporter
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from bench.table import aligned
from nlu.classifier import scaled
from nlu.component import CaseReader, as_entity
from nlu.mentions import feature_names
from nlu.reading import Reader
from nlu.reading.text import tokens

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = ("off_topic", "legal_other", "misuse")
# Two stages: first which of these, then the intent within it.
STAGES = {
    **dict.fromkeys(("share", "request", "record", "inform", "consent_refused"), "act"),
    **dict.fromkeys((*OUTSIDE, "greet", "thanks", "goodbye", "human", "restart", "explain_bot"), "aside"),
}
HEAD = ("variant", "intent right", "foreign refused", "sent away", "seconds")


@dataclass(frozen=True)
class Texts:
    """Messages with their intents, and the facts read in them."""

    texts: Sequence[str]
    intents: Sequence[str]
    facts: Sequence[Sequence[str]]


def main() -> None:
    """Measure every variant."""
    parser = argparse.ArgumentParser("python -m bench.levers", description=__doc__)
    parser.add_argument("--diet", type=int, metavar="EPOCHS", help="meet ook DIET, met zoveel rondes")
    parser.add_argument("--only", default="", metavar="WORDS", help="alleen varianten met deze woorden in de naam")
    given = parser.parse_args()
    epochs: int | None = given.diet
    importer = TrainingDataImporter.load_from_config("config.yml", "domain", ["nlu/data"])
    data = importer.get_nlu_data()
    reader = Reader(CaseReader.vocabulary(data))
    trained = _texts(reader, [(one.get("text"), one.get("intent")) for one in data.intent_examples])
    asked = _texts(reader, list(_validation(set(trained.intents))))
    if epochs:
        VARIANTS[f"DIET, {epochs} epochs"] = lambda _, unseen: _diet(epochs, unseen)
    rows = []
    for name, variant in ((name, one) for name, one in VARIANTS.items() if given.only in name):
        began = time.monotonic()
        rows.append((name, *_scores(variant(trained, asked), asked), f"{time.monotonic() - began:.0f}"))
        print(*rows[-1], sep="  ", flush=True)
    if epochs:
        began = time.monotonic()
        rows.append(
            (f"DIET, {epochs} epochs", *_scores(_diet(epochs, asked), asked), f"{time.monotonic() - began:.0f}")
        )
    print(aligned([HEAD, *rows], range(1, len(HEAD))))


def _texts(reader: Reader, pairs: Sequence[tuple[str, str]]) -> Texts:
    facts = [feature_names([as_entity(one) for one in reader.read(text)], text) for text, _ in pairs]
    return Texts([text for text, _ in pairs], [intent for _, intent in pairs], facts)


def _validation(intents: set[str]) -> Iterator[tuple[str, str]]:
    """The questions of the validation set whose topic is an intent; a foreign one has any of OUTSIDE."""
    for path in sorted((ROOT / "tests" / "validation").glob("*.yaml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]:
            if one.get("topic") in intents or one.get("topic") == "out_of_scope":
                yield one["text"], one["topic"]


def _scores(guessed: Sequence[str], asked: Texts) -> tuple[str, str, str]:
    """Intents right in the field, foreign questions refused, questions of the field sent away."""
    foreign = np.array([intent == "out_of_scope" for intent in asked.intents])
    refused = np.array([guess in OUTSIDE for guess in guessed])
    right = np.array([guess == intent for guess, intent in zip(guessed, asked.intents, strict=True)])
    parts = (right[~foreign].mean(), refused[foreign].mean(), refused[~foreign].mean())
    return tuple(f"{100 * part:.1f} %" for part in parts)  # type: ignore[return-value]


# -- counts ------------------------------------------------------------------------------


def _words(texts: Texts) -> Sequence[Any]:
    return texts.texts


def _facts(texts: Texts) -> Sequence[Any]:
    return texts.facts


def _lemmas(text: str) -> list[str]:
    forms = [token.lemma for token in tokens(text) if not token.is_end]
    return [*forms, *(" ".join(pair) for pair in pairwise(forms))]


WORDS: tuple[Any, ...] = (_words, {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}, 1.0)
CHARACTERS: tuple[Any, ...] = (_words, {"analyzer": "char_wb", "ngram_range": (2, 5)}, 1.0)
LEMMAS: tuple[Any, ...] = (_words, {"analyzer": _lemmas}, 1.0)
FACTS: tuple[Any, ...] = (_facts, {"analyzer": list}, 0.5)


def _counts(blocks: Sequence[tuple[Any, ...]], trained: Texts, asked: Texts) -> tuple[csr_matrix, csr_matrix]:
    pairs = []
    for of, settings, weight in blocks:
        counter = CountVectorizer(min_df=2, **settings)
        learned = counter.fit_transform(of(trained))
        pairs.append((scaled(learned) * weight, scaled(counter.transform(of(asked))) * weight))
    return hstack([one for one, _ in pairs], format="csr"), hstack([two for _, two in pairs], format="csr")


# -- variants ----------------------------------------------------------------------------


def _regression(*blocks: tuple[Any, ...], **settings: Any) -> Callable[[Texts, Texts], Sequence[str]]:
    def guess(trained: Texts, asked: Texts) -> Sequence[str]:
        learned, unseen = _counts(blocks, trained, asked)
        classifier = LogisticRegression(**{"solver": "liblinear", "C": 20.0, "tol": 0.01, **settings})
        return list(classifier.fit(learned, trained.intents).predict(unseen))

    return guess


def _two_stages(trained: Texts, asked: Texts) -> Sequence[str]:
    learned, unseen = _counts((WORDS, CHARACTERS, FACTS), trained, asked)
    stages = np.array([STAGES.get(intent, "topic") for intent in trained.intents])
    intents = np.array(trained.intents)
    first = LogisticRegression(solver="liblinear", C=20.0, tol=0.01).fit(learned, stages).predict(unseen)
    guessed = np.empty(len(asked.texts), dtype=object)
    for stage in sorted(set(stages)):
        rows = np.flatnonzero(first == stage)
        if len(rows):
            within = LogisticRegression(solver="liblinear", C=20.0, tol=0.01)
            guessed[rows] = within.fit(learned[stages == stage], intents[stages == stage]).predict(unseen[rows])
    return list(guessed)


def _diet(epochs: int, asked: Texts) -> Sequence[str]:
    """Rasa's DIET on the counts of config.yml, trained on the same examples."""
    import asyncio
    import tempfile

    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    kept = [one for one in config["pipeline"] if one["name"] != "nlu.classifier.ScaledLogisticRegression"]
    config["pipeline"] = [*kept, {"name": "DIETClassifier", "epochs": epochs, "entity_recognition": False}]
    config.pop("policies", None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        model = train_nlu(str(path), "nlu/data", folder, domain="domain")
        agent = Agent.load(model)

        async def parse() -> list[str]:
            return [(await agent.parse_message(text))["intent"]["name"] for text in asked.texts]

        return asyncio.run(parse())


VARIANTS = {
    "words": _regression(WORDS),
    "words, characters": _regression(WORDS, CHARACTERS),
    "words, characters, facts": _regression(WORDS, CHARACTERS, FACTS),
    "lemmas, characters, facts": _regression(LEMMAS, CHARACTERS, FACTS),
    "words, lemmas, characters, facts": _regression(WORDS, LEMMAS, CHARACTERS, FACTS),
    "the same, rare intents weigh more (in use)": _regression(WORDS, CHARACTERS, FACTS, class_weight="balanced"),
    "the same, C 5": _regression(WORDS, CHARACTERS, FACTS, C=5.0),
    "the same, C 50": _regression(WORDS, CHARACTERS, FACTS, C=50.0),
    "the same, one softmax": _regression(WORDS, CHARACTERS, FACTS, solver="lbfgs", max_iter=50, tol=1e-4),
    "two stages: act, topic or aside, then which": _two_stages,
}


if __name__ == "__main__":
    main()
