"""The operations on accounts, users, keys and sessions."""
