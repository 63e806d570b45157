"""Billing: invoices, payments, ways to pay."""
