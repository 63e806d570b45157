"""The demo's data, created through the services, and a bank statement for it. Only installed in demo mode."""
