"""What professionals put on record, for the FG: decisions by reference, and the register of breaches."""
