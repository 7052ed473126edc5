"""May or must I give data to someone?"""

from __future__ import annotations

from actions.base import AdviceAction


class ShareAction(AdviceAction):
    """May or must I give data to someone?"""

    action_name = "action_share"
