"""A question of explanation: retention, breach, age, definitions..."""

from __future__ import annotations

from actions.base import AdviceAction


class TopicAction(AdviceAction):
    """A question of explanation: retention, breach, age, definitions..."""

    action_name = "action_topic"
