"""Decisions about accounts and people, without a database."""
