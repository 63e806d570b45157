"""Reads of accounts, people, keys and events."""
