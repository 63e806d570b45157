"""The pages: each view parses, calls one service or a few selectors, and renders."""
