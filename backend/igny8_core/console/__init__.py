"""The operators' side: Django's admin with the Unfold theme, and custom desks for daily decisions."""
