"""Brings the product up on one machine: database, migrations, demo data, web and worker."""
