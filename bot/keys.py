"""The keys under which conversations and people are kept; an address itself never is."""

from __future__ import annotations

import hashlib


def conversation_key(channel: str, conversation: str) -> str:
    """The hash under which a conversation is kept."""
    return hashlib.sha256(f"{channel}\0{conversation}".encode()).hexdigest()
