"""Typesets documents and writes letters."""
