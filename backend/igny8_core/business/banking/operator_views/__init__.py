"""The operators' routes for statements and their lines."""
