"""Reads the facts of a case from one Dutch sentence. Knows words and grammar, no law.

No Rasa here: `nlu.component` hangs the reader in Rasa's pipeline, and the tests call it
directly.  The words come from the knowledge, by way of the generated lookup tables; the
grammar (who asks, which way the data go) is in `cues.yaml`.
"""

from nlu.reading.reader import Mention, Reader, Vocabulary

__all__ = ["Mention", "Reader", "Vocabulary"]
