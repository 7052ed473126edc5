"""Puts the parts of the workspace of the FG together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.clock import AMSTERDAM
from bot.compose import Composer
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.review.answering import Answering
from bot.review.changed import Changed
from bot.review.pages import ReviewDesk
from bot.review.training import Folders, Training
from bot.settings import ROOT, Settings
from bot.store import Store
from bot.store.accounts import Accounts
from bot.store.boundary import Boundary
from bot.store.reviews import Reviews
from knowledge.knowledge import Knowledge


def review(
    settings: Settings,
    knowledge: Knowledge,
    guard: Guard,
    store: Store,
    desk: Desk,
    accounts: Accounts,
    clock: Callable[[], datetime],
) -> ReviewDesk:
    """Everything that the pages of the FG work with; starts nothing and sends nothing."""
    folders = Folders(
        data=ROOT / "nlu" / "data",
        reviewed=settings.reviewed_folder,
        cases=settings.reviewed_cases,
        measures=ROOT / "tests",
    )

    def reviews(boundary: Boundary) -> Reviews:
        return Reviews(store.engine, boundary)

    def composer() -> Composer:
        return Composer(knowledge, clock().astimezone(AMSTERDAM).date())

    return ReviewDesk(
        knowledge=knowledge,
        guard=guard,
        reviews=reviews,
        accounts=accounts,
        answering=Answering(store, desk, guard, composer, clock),
        training=Training(folders, guard),
        changed=Changed(reviews, knowledge, clock),
        clock=clock,
    )
