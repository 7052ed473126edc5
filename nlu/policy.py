"""The policy: the rules in nlu/data/rules.yml, and nothing else."""

from __future__ import annotations

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class DispatchPolicy(RulePolicy):
    """Rasa's rules without the built-in ones.

    Rasa answers the intents `restart`, `back` and `session_start` itself, whatever the rules say;
    here `restart` is a thing people say, and goes to an action like any other.
    """

    @staticmethod
    def _find_action_from_default_actions(tracker: DialogueStateTracker) -> tuple[str | None, str | None]:
        return None, None
