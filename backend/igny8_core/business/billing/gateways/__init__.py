"""Payment gateways, a folder each: how its API is spoken, and nothing of our tables."""
