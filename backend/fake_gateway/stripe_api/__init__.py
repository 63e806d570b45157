"""Stripe's API v1, as far as the product uses it."""
