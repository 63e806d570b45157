"""Reads of billing; each starts from an account, or says loudly that it does not."""
