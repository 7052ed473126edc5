"""The guard at the door: personal data are masked before anything else reads a message.

`Guard().mask(text)` gives the text with one fixed placeholder per kind of personal data.
Each class of data has its own recogniser; `bot.guard.spans` holds the kinds, the
placeholders and the rule that decides between overlapping finds.
"""

from bot.guard.guard import Guard, Masked
from bot.guard.spans import CandidateRecogniser, Kind

__all__ = ["CandidateRecogniser", "Guard", "Kind", "Masked"]
