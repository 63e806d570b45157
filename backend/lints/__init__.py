"""The house rules as checks of the syntax tree: `cd backend && python -m lints`.

One module per family of rules, each with a `check(project)` that yields findings. Standard library only, so
that the rules run before anything is installed. What a general linter or type checker says has no place here.
"""
