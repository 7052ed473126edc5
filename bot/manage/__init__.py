"""Management in the browser: people, invitations, what is kept and how long, and who did what."""
