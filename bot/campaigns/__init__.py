"""Campaigns: what teams know of privacy, measured once and again, in totals only."""
