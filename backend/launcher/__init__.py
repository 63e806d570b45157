"""Starts the product on one machine: database, migrations, demo data, web and worker."""
