"""The customers' pages: server-rendered under `/portal/`, using the same services and selectors as the API."""
