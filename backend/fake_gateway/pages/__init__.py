"""The pages that a payer clicks through in the browser."""
