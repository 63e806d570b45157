"""A gateway to try the product against: Stripe's and PayPal's HTTP API, hosted pages, signed messages. No money moves.

A process of its own that the product never imports. What it does not do it refuses, so that a call which the real
gateway would refuse fails here too. docs/fake-gateway.md tells how to drive it.
"""
