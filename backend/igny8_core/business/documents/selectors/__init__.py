"""Reads the facts of documents."""
