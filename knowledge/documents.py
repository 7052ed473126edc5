"""Where each part of the municipal documents ended up, as a page: what was taken, what was left out and why.

Made from the tables alone; the counts are those of the rows that the parts name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from knowledge.check_documents import named, rows_of
from knowledge.knowledge import Knowledge
from knowledge.markdown import markdown_table
from knowledge.schema import Document, DocumentPart

INTRO = """# Wat er van de bronnen is overgenomen

Gemaakt uit de tabellen met `./deelwijzer kennis verantwoording`; verander dit bestand niet met de hand. De inhoud staat
in `knowledge/content/documents.yaml`.

De regels van Deelwijzer rusten op de wet van nu: zie de [juridische verantwoording](juridische-verantwoording.md).
Daarnaast zijn vijf stukken van gemeenten uit 2015 tot en met 2018 helemaal gelezen. Hier staat per onderdeel waar het
terechtkwam, of waarom het niet is overgenomen. De tekst van de stukken hoort niet bij het project: alles is in eigen
woorden geschreven, zonder namen van mensen.

- Is een onderdeel **beleid** geworden, dan staat het naast de wet: strenger, gelijk of achterhaald.
- Is het een **regel** geworden, dan is het de wet die geldt. Het stuk wees alleen de vraag aan.
- `kennis check` meldt een rij van een gemeente die bij geen onderdeel staat.
"""
KINDS = {"stricter": "strenger", "same": "gelijk", "contrary": "achterhaald"}
LABELS = {"policies": "beleid", "rules": "regels", "flows": "gesprek", "quiz": "quiz"}


def documents(knowledge: Knowledge) -> str:
    """The whole page, in Markdown."""
    return "\n".join([INTRO, *_counts(knowledge), *_parts(knowledge)])


def _counts(k: Knowledge) -> Iterator[str]:
    yield "## In getallen\n"
    yield from markdown_table(
        (
            *("Stuk", "Onderdelen", "Beleid", *(f"Waarvan {kind}" for kind in KINDS.values())),
            *("Contacten", "Regels", "Gesprekken", "Quizvragen", "Onderdelen met iets niet overgenomen"),
        ),
        (_count(k, document) for document in k.documents.values()),
    )
    yield "Een regel die door meer stukken wordt aangewezen, telt bij elk stuk.\n"


def _count(k: Knowledge, document: Document) -> tuple[str, ...]:
    kinds: Counter[str] = Counter(k.policies[row].kind for row in named(document, "policies"))
    towns = sum(row.policy == document.policy for row in k.municipalities.values())
    numbers = (
        len(document.parts),
        kinds.total(),
        *(kinds[kind] for kind in KINDS),
        towns,
        *(len(named(document, pointer)) for pointer in ("rules", "flows", "quiz")),
        sum(part.left is not None for part in document.parts),
    )
    return (document.title, *map(str, numbers))


def _parts(k: Knowledge) -> Iterator[str]:
    for document in k.documents.values():
        yield f"## {document.title}\n"
        yield f"Datum: {document.dated}. {document.scope}\n"
        yield from markdown_table(
            ("Plaats", "Wat er staat", "Overgenomen als", "Niet overgenomen, en waarom"),
            ((part.place, part.what, _taken(k, part), part.left or "–") for part in document.parts),
        )


def _taken(k: Knowledge, part: DocumentPart) -> str:
    """The rows made of a part: "beleid: `kempen-school` (strenger); regels: `wmo-cak`"."""

    def shown(pointer: str, row: str) -> str:
        return f"`{row}` ({KINDS[k.policies[row].kind]})" if pointer == "policies" else f"`{row}`"

    pieces = (
        f"{label}: {', '.join(shown(pointer, row) for row in rows)}"
        for pointer, label in LABELS.items()
        if (rows := rows_of(part, pointer))
    )
    return "; ".join(pieces) or "–"
