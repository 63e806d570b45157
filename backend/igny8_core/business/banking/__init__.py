"""Bank statements: what came in, read, matched with what is owed, and settled by billing."""
