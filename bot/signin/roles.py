"""The roles of an account, and what each of them may do.  One table; what is not in it, nobody may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to Deelwijzer; an account has one or more."""

    CASEWORKER = "caseworker"
    DPO = "dpo"  # the FG
    AWARENESS = "awareness"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a page or an action asks of who uses it."""

    CHAT = "chat"  # ask questions, in the browser and as JSON
    KNOWLEDGE = "knowledge"  # read the rules
    REVIEW = "review"  # the queue of questions that were asked
    ANSWER = "answer"  # answer a person
    INSIGHT = "insight"  # figures, never about one person
    RECORDS = "records"  # decisions and the register of breaches
    PEOPLE = "people"  # accounts and invitations
    SETTINGS = "settings"  # read the municipalities, the periods, the version of the knowledge
    AUDIT = "audit"  # who did what
    CAMPAIGNS = "campaigns"  # plan quizzes for teams


_EVERYONE = frozenset({Permission.CHAT, Permission.KNOWLEDGE})
MAY: Mapping[Role, frozenset[Permission]] = {
    Role.CASEWORKER: _EVERYONE,
    Role.DPO: _EVERYONE
    | {
        Permission.REVIEW,
        Permission.ANSWER,
        Permission.INSIGHT,
        Permission.RECORDS,
        Permission.SETTINGS,
        Permission.AUDIT,
    },
    Role.AWARENESS: _EVERYONE | {Permission.INSIGHT, Permission.CAMPAIGNS},
    # Who manages the accounts does not read what people asked.
    Role.ADMIN: _EVERYONE | {Permission.PEOPLE, Permission.SETTINGS, Permission.AUDIT},
}

# Who sees what people asked, decided or knew; in a shared installation that may be bound to municipalities.
SEEING = frozenset({Role.DPO, Role.AWARENESS})

# With open access the program listens to this machine only, and these need no account.
OPEN = _EVERYONE

# The words for the roles in settings and commands, and on pages.
WORDS: Mapping[str, Role] = {
    "medewerker": Role.CASEWORKER,
    "fg": Role.DPO,
    "bewustwording": Role.AWARENESS,
    "beheer": Role.ADMIN,
}
LABELS: Mapping[Role, str] = {
    Role.CASEWORKER: "medewerker",
    Role.DPO: "FG",
    Role.AWARENESS: "bewustwording",
    Role.ADMIN: "beheer",
}


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether one of the roles has the permission."""
    return any(permission in MAY[role] for role in roles)


def in_order(roles: Iterable[str]) -> tuple[Role, ...]:
    """The roles that these words of the database name, each once; what is no role any more gives nothing."""
    given = set(roles)
    return tuple(role for role in Role if role in given)


def spoken(roles: Iterable[Role]) -> str:
    """The roles in Dutch, for a page or a list."""
    return ", ".join(LABELS[role] for role in roles)
