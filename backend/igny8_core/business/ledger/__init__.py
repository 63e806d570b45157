"""Double-entry bookkeeping per account and currency; credits are treated as a separate unit."""
