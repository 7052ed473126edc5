"""Checks the answer of an action as Rasa does, without first checking the schema each time.

Rasa hands its constant schema of an answer to `jsonschema.validate`, which proves the schema itself
right before it looks at the answer.  That was 20 of the 33 ms of a turn.
"""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def install() -> None:
    """Prove the schema once, and let every action check its answers with it from now on."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def check(self: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = check
