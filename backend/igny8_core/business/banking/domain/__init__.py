"""What statements say and what their lines match: pure decisions."""
