"""Form bodies with brackets, as Stripe's libraries send them: `line_items[0][quantity]=1`."""

import re
from urllib.parse import parse_qsl

from fake_gateway.stripe_api.errors import InvalidRequest

type Tree = dict[str, "str | Tree"]

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 6


def parse(encoded: str) -> Tree:
    """A tree of texts; rows have their numbers as keys. Raises `InvalidRequest`."""
    tree: Tree = {}
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded), errors="strict")
    except ValueError as error:
        raise InvalidRequest("Invalid request (the body is no form of UTF-8 text).") from error
    for name, value in pairs:
        _plant(tree, name, value)
    return tree


def _plant(tree: Tree, name: str, value: str) -> None:
    found = NAME.fullmatch(name)
    if found is None:
        raise InvalidRequest(f"Invalid parameter name: {name}", param=name)
    path = [found[1], *PART.findall(found[2])]
    if len(path) > DEEPEST:
        raise InvalidRequest(f"Invalid parameter name: {name} is nested too deeply", param=name)
    node = tree
    for part in path[:-1]:
        below = node.setdefault(part or str(len(node)), {})
        if isinstance(below, str):
            raise InvalidRequest(f"Invalid parameter: {name} is given as a value and as an object", param=name)
        node = below
    last = path[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise InvalidRequest(f"Invalid parameter: {name} is given as a value and as an object", param=name)
    node[last] = value
