"""Tables in the admin; changes go through the same services as in the API."""
