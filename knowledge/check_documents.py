"""Checks the source documents: what a part points to exists, and no local policy comes from nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.knowledge import Knowledge
from knowledge.load import Problem
from knowledge.schema import Document, DocumentPart

POINTERS = ("policies", "rules", "flows", "quiz")


def check_documents(k: Knowledge) -> Iterator[Problem]:
    """All that is wrong with where the parts of the source documents ended up."""
    for document in k.documents.values():
        yield from _pointers(k, document)
        yield from _complete(k, document)


def named(document: Document, pointer: str) -> set[str]:
    """The rows of one kind that the parts of a document name."""
    return {row for part in document.parts for row in rows_of(part, pointer)}


def rows_of(part: DocumentPart, pointer: str) -> tuple[str, ...]:
    """The rows of one kind that a part names."""
    rows: tuple[str, ...] = getattr(part, pointer)
    return rows


def _pointers(k: Knowledge, document: Document) -> Iterator[Problem]:
    for part in document.parts:
        for pointer in POINTERS:
            for row in rows_of(part, pointer):
                if row not in k.tables.rows[pointer]:
                    message = f"{part.place}: {pointer} noemt “{row}”, maar die rij bestaat niet"
                    yield k.tables.problem("documents", document.id, message)
                elif pointer == "policies" and k.policies[row].policy != document.policy:
                    message = f"{part.place}: “{row}” is beleid van “{k.policies[row].policy}”"
                    yield k.tables.problem("documents", document.id, message)


def _complete(k: Knowledge, document: Document) -> Iterator[Problem]:
    """Every policy and every flow of the municipality is made of some part."""
    made = {
        "policies": [row.id for row in k.policies.values() if row.policy == document.policy],
        "flows": [row.id for row in k.flows.values() if row.policy == document.policy],
    }
    for pointer, rows in made.items():
        for row in rows:
            if row not in named(document, pointer):
                message = f"geen onderdeel noemt {pointer} “{row}”; zet het bij de plaats waar het vandaan komt"
                yield k.tables.problem("documents", document.id, message)
