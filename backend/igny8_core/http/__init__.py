"""The HTTP manners every route shares: envelopes, errors, credentials, idempotency, pages, throttles."""
