"""Files people send: what is taken, and how it is made harmless."""
