"""Readers of bank statements, one module or folder per format: they read a file and yield the items of
`domain/lines.py`.

No Django, no tables, and no reader imports another; only `registry` knows them all.
"""
