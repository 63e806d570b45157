"""What customers see: server-rendered pages under `/portal/`, above the same services and selectors as the API."""
