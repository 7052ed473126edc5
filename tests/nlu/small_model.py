"""A made-up spaCy model under the name of the Dutch one, which is on no package index.

It stands in for the installed package in the tests: the real model was not run there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

NAME = "nl_core_news_sm"
CODE = """
import spacy
from spacy.language import Language
from spacy.tokens import Span

FORMS = {forms!r}
PERSONS = {persons!r}


@Language.component("fictitious")
def fictitious(doc):
    for token in doc:
        token.lemma_ = FORMS.get(token.lower_, token.lower_)
    doc.ents = [Span(doc, t.i, t.i + 1, label="PERSON") for t in doc if t.text in PERSONS]
    return doc


def load(**overrides):
    pipeline = spacy.blank("nl")
    pipeline.add_pipe("fictitious")
    return pipeline
"""


def installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, forms: dict[str, str] | None = None, persons: tuple[str, ...] = ()
) -> None:
    """Put the made-up model where Python finds packages.

    Args:
        folder: an empty directory.
        monkeypatch: undoes it after the test.
        forms: dictionary forms by word.
        persons: words that the model takes for names of persons.
    """
    package = folder / NAME
    package.mkdir()
    (package / "__init__.py").write_text(CODE.format(forms=forms or {}, persons=persons), encoding="utf-8")
    info = folder / f"{NAME}-3.8.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 3.8.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    # Set and taken away again, so that the end of the test takes away what it imported under this name.
    monkeypatch.setitem(sys.modules, NAME, sys)
    monkeypatch.delitem(sys.modules, NAME)
