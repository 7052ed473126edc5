"""What comes in on a channel that sends by itself, and what goes out: kept, in order, each once."""
