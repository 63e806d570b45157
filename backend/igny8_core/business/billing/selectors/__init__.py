"""Reads of billing; each starts from an account or says explicitly that it does not."""
