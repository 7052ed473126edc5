"""Pages that anyone may read: no session, no personal data, no JavaScript."""
