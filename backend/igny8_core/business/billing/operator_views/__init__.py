"""The operators' routes under `/api/v1/admin/billing/`, one module per resource."""
