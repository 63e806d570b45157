"""The ledger's operations: one function posts rows, and others move credits."""
