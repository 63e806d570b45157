"""Readers of bank statements, one module or folder for each format: a file in, the items of `domain/lines.py` out.

No Django, no tables, no reader knows another; `registry` alone knows them all.
"""
