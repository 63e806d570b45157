"""Files that people send: which are accepted, and how they are made harmless."""
