"""The API for accounts and events: sign-in, tenants, users, keys, the audit trail."""
