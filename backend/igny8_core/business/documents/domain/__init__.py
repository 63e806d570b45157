"""What a document says, before any language or layout. Pure."""
