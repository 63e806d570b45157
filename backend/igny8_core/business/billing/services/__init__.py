"""What is done in billing; every operation is one function inside a unit of work."""
