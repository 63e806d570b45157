"""What is decided about accounts and people, without a database."""
