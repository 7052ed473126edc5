"""May I note this down?"""

from __future__ import annotations

from actions.base import AdviceAction


class RecordAction(AdviceAction):
    """May I note this down?"""

    action_name = "action_record"
