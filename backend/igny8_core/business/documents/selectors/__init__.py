"""Reads of the documents room."""
