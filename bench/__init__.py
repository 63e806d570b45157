"""Benchmarks: our figure beside pgbench's with the same statements, from one run on one database."""
