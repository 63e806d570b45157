"""Typesetting documents and writing letters."""
