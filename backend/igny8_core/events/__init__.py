"""Append-only events: audit trail, status history and outbox in one."""
