"""Bank statements: imported, read, matched with open items, and settled through billing."""
