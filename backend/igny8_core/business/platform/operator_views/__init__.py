"""The operators' routes under `/api/v1/admin/`, a module for each thing they work on."""
