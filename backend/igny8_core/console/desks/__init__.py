"""The desks: pages of our own for what operators decide every day."""
