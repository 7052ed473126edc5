"""A missing fact, a correction or a follow-up on the question before."""

from __future__ import annotations

from actions.base import AdviceAction


class InformAction(AdviceAction):
    """A missing fact, a correction or a follow-up on the question before."""

    action_name = "action_inform"
