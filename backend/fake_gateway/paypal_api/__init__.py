"""PayPal's Orders v2, Payments v2 and webhooks, as far as the product uses them."""
