"""What a journal is. Pure."""
