"""The desks: custom pages for operators' daily decisions."""
