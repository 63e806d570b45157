"""Bank statements: what came in, read, matched with what is owed, and settled through the one door."""
