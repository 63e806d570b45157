"""The operations of billing; each is one function inside a unit of work."""
