"""What operators do with statements and their lines."""
