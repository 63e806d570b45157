"""The API over accounts and events: sign-in, tenants, users, keys, the audit trail."""
