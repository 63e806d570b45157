"""What billing's routes answer."""
