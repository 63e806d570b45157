"""Invoices and receipts as PDF, QR codes as pictures, and letters that go with them."""
