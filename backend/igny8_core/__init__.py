"""IGNY8 Billing."""
