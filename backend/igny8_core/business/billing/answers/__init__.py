"""Answers of billing's routes."""
