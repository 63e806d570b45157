"""Forms a document takes beside its pages."""
