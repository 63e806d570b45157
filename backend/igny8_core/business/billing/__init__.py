"""Billing: invoices, payments and payment methods."""
