"""The routes for users and their accounts: sign-in, and the owner's team."""
