"""The content of documents, independent of language and layout. Pure."""
