"""The append-only facts: audit trail, status history and outbox in one."""
