"""The faults that are planted, one at a time: a boundary moved, a condition turned round, a statement left out."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What a node may hold is for the syntax tree to know: `Any` stands for its many kinds of operator.
OPERATORS: dict[type[ast.AST], Any] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv},
    **{ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr},
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
STEPS = frozenset({"filter", "exclude", "order_by", "strip", "upper", "lower", "casefold", "removeprefix"})
"""Methods that narrow, order or clean what they are called on: left out, the rest of the chain still runs."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one file: the `variant`-th change of the `node`-th node; `first` to `last` are its statement's
    lines.
    """

    path: str
    node: int
    variant: int
    first: int
    last: int
    what: str
    in_function: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.what}"


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every fault for one file, in a fixed order."""
    tree = ast.parse(source)
    places = dict(_places(tree, None, in_function=False))
    for index, node in enumerate(ast.walk(tree)):
        if node not in places:
            continue
        statement, in_function = places[node]
        body = getattr(statement, "body", None)
        last = max(statement.lineno, body[0].lineno - 1) if isinstance(body, list) else statement.end_lineno
        if not in_function and isinstance(getattr(node, "value", None), str):
            continue  # the words of a table are data
        for variant, new in enumerate(_variants(node)):
            line, column = getattr(node, "lineno", statement.lineno), getattr(node, "col_offset", 0)
            what = f"{line}:{column + 1}: {_text(node)} -> {_text(new)}"
            yield Mutant(path, index, variant, statement.lineno, last or statement.lineno, what, in_function)


def mutated(mutant: Mutant, source: str) -> str:
    """The file's text with the fault in it."""
    return ast.unparse(replaced(mutant, source))


def replaced(mutant: Mutant, source: str) -> ast.Module:
    """The file's syntax tree with the fault in it, every line where it was."""
    tree = ast.parse(source)
    old = list(ast.walk(tree))[mutant.node]
    new = list(_variants(old))[mutant.variant]
    if hasattr(old, "lineno"):
        ast.copy_location(new, old)
    _Replace(old, new).visit(tree)  # the module itself stays: only what is inside it is changed
    return ast.fix_missing_locations(tree)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _places(
    node: ast.AST, statement: ast.stmt | None, *, in_function: bool
) -> Iterator[tuple[ast.AST, tuple[ast.stmt, bool]]]:
    """Each node that may be changed, with its statement; types, decorators, docstrings and messages are left alone."""
    if isinstance(node, ast.stmt):
        statement = node
    if statement is not None:
        yield node, (statement, in_function)
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.TypeAlias | ast.JoinedStr | ast.pattern):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    untouched = {"annotation", "returns", "decorator_list", "bases", "type_params"}
    untouched |= {"keywords"} if isinstance(node, ast.ClassDef) else set()
    for name, field in ast.iter_fields(node):
        if name not in untouched:
            # Defaults are computed where the function is defined.
            inside = in_function or (isinstance(node, ast.FunctionDef) and name == "body")
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from _places(child, statement, in_function=inside)


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for at, op in enumerate(ops):
                yield ast.Compare(left, [*ops[:at], _other(op), *ops[at + 1 :]], comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(_other(op), values)
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS and not _is_text(left, right):
            yield ast.BinOp(left, _other(op), right)
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in OPERATORS:
            yield ast.AugAssign(target, _other(op), value)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if value and not any(character.isspace() for character in value):
            yield ast.Constant(value + "X")  # Python knows codecs by names that end in any mark
        case ast.If(test=ast.Name() | ast.Attribute() | ast.Call() as test, body=body, orelse=orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test=ast.Name() | ast.Attribute() | ast.Call(), body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.comprehension(target=target, iter=iterated, ifs=[_, *_], is_async=is_async):
            yield ast.comprehension(target, iterated, [], is_async)
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in CALLS:
            yield ast.Call(ast.Name(CALLS[name], ast.Load()), args, keywords)
        case ast.Call(func=ast.Name(id="abs" | "sorted"), args=[first, *_]):
            yield first
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in STEPS:
            yield value


def _other(operator: ast.AST) -> Any:
    return OPERATORS[type(operator)]()


def _is_text(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str) for node in nodes)


def _text(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0][:100]
