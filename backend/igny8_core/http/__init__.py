"""What every route shares over HTTP: envelopes, errors, credentials, idempotency, pages, throttles."""
