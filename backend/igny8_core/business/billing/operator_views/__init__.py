"""The operators' routes under `/api/v1/admin/billing/`, a module for each thing they work on."""
