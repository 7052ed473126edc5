"""May I get data from someone?"""

from __future__ import annotations

from actions.base import AdviceAction


class RequestAction(AdviceAction):
    """May I get data from someone?"""

    action_name = "action_request"
