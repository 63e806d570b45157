"""The operators' routes under `/api/v1/admin/`, one module per resource."""
