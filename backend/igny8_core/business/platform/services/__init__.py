"""What is done to accounts, users, keys and sessions."""
