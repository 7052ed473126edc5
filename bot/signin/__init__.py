"""Who may see and do what in the web pages: accounts, sessions, roles, and signing in."""
