"""The workspace of the FG: what is looked at first, and what is done with it."""
