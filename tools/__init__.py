"""Set-up and upkeep of a working copy: environments, lock files, checks and tests.

Everything that runs before the environments exist (`bootstrap` and what it imports) uses
the standard library only and parses on any Python from 3.8, so that an old one gets a
sentence that says how to mend it instead of a traceback.
"""
