"""Tables in the admin: what may be changed there goes through the same services as the API."""
