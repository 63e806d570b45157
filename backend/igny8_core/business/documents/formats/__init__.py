"""Output formats of documents, each written by a separate program."""
