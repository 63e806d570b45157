"""Journals and the chart of accounts. Pure."""
