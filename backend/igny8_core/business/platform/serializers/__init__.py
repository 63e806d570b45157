"""Shapes of the platform's requests and answers, a module for each thing."""
