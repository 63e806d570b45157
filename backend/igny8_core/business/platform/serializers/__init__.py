"""The input of the platform's routes, one module per resource."""
