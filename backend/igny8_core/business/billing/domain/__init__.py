"""The rules of billing as plain functions: no database, no HTTP, no clock."""
