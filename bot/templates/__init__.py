"""Jinja templates and the code that prepares an answer for them."""
