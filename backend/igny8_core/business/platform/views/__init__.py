"""What users and their accounts call: sign-in, and the owner's team."""
