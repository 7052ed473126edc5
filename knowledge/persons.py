"""Whose yes or no counts: from what each person said to the consent that a rule looks at.

The yes of one parent never counts for the other; a parent without authority (gezag) does not
decide; who decides at which age stands in the ages table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PARENTS = ("moeder", "vader")
SUBJECT = "jeugdige"

GIVEN, REFUSED, PARTIAL = "given", "refused", "partial"

Persons = Mapping[str, Mapping[str, str]]
"""Per person (moeder, vader, jeugdige) the facts told of that person: consent, custody."""


def deciding_consent(persons: Persons, deciders: frozenset[str]) -> str | None:
    """The state of the consent, given who said what.

    Args:
        persons: what is known of each person.
        deciders: who decides at this age for this asker: "parents", "subject", both, or empty
            when that is not known; then nobody's refusal is passed over.

    Returns:
        A value of the fact `consent`, or None when nobody who decides said anything.
    """
    parents = _parents(persons)
    own = persons.get(SUBJECT, {}).get("consent")
    if deciders == {"subject"}:
        return own
    if deciders == {"parents"}:
        return parents
    said = [one for one in (parents, own) if one]
    return _together(said, complete=len(said) > 1 or not deciders)


def _parents(persons: Persons) -> str | None:
    """What the parents with authority said together."""
    custody = {one: persons.get(one, {}).get("custody") for one in PARENTS}
    sole = [one for one in PARENTS if custody[one] == "sole"]
    deciding = sole or [one for one in PARENTS if custody[one] != "without"]
    said = [consent for one in deciding if (consent := persons.get(one, {}).get("consent"))]
    return _together(said, complete=len(said) == len(deciding))


def _together(said: Sequence[str], *, complete: bool) -> str | None:
    """One state for all: a yes counts only when everyone who decides said it."""
    if not said:
        return None
    if len(set(said)) == 1:
        return said[0] if complete or said[0] != GIVEN else PARTIAL
    if GIVEN in said or PARTIAL in said:
        return PARTIAL
    return REFUSED if REFUSED in said else said[0]
