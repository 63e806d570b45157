"""The house rules as checks of the syntax tree: `cd backend && python -m lints`.

One module per family of rules, each with a `check(project)` that yields findings. Only the standard library is used, so
that the rules run before anything is installed. Anything that a general linter or type checker covers does not belong
here.
"""
