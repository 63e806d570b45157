"""The operators' side: Django's admin in Unfold's dress, with desks of its own for what is decided every day."""
