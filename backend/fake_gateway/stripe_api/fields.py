"""What a call's parameters may look like. What is not named in a schema is refused, as Stripe refuses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from fake_gateway.records import Record
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.forms import Tree

INTEGER_DIGITS = 15


@dataclass(frozen=True)
class Field:
    """One parameter: how its value is read, whether it must come, and what it may contain."""

    read: Callable[[Any, str], Any]
    required: bool = False
    below: "Schema" = field(default_factory=dict)


type Schema = Mapping[str, Field]


def parse(schema: Schema, tree: Tree, above: str = "") -> Record:
    """The values of a tree by a schema; raises `InvalidRequest`."""
    unknown = [_name(above, key) for key in tree if key not in schema]
    if unknown:
        noun = "parameter" if len(unknown) == 1 else "parameters"
        raise InvalidRequest(
            f"Received unknown {noun}: {', '.join(unknown)}", param=unknown[0], code="parameter_unknown"
        )
    missing = [_name(above, key) for key, each in schema.items() if each.required and key not in tree]
    if missing:
        raise InvalidRequest(f"Missing required param: {missing[0]}.", param=missing[0], code="parameter_missing")
    return {key: schema[key].read(value, _name(above, key)) for key, value in tree.items()}


def _name(above: str, key: str) -> str:
    return f"{above}[{key}]" if above else key


def _text_of(value: str | Tree, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(f"Invalid string: {value}", param=name)
    return value


def text(*, required: bool = False, longest: int = 5000) -> Field:
    """A text; an empty one unsets."""

    def read(value: Any, name: str) -> str | None:
        given = _text_of(value, name)
        if len(given) > longest:
            raise InvalidRequest(
                f"Invalid string: {name} must be at most {longest} characters",
                param=name,
                code="parameter_invalid_string",
            )
        if not given and required:
            raise InvalidRequest(
                f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter;"
                f" however '{name}' cannot be unset.",
                param=name,
                code="parameter_invalid_empty",
            )
        return given or None

    return Field(read, required)


def address(*, required: bool = False) -> Field:
    """A URL of the web."""
    inner = text(required=required)

    def read(value: Any, name: str) -> str | None:
        given: str | None = inner.read(value, name)
        if given is not None:
            parts = urlsplit(given)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise InvalidRequest("Not a valid URL", param=name, code="url_invalid")
        return given

    return Field(read, required)


def integer(*, required: bool = False) -> Field:
    """A whole number."""

    def read(value: Any, name: str) -> int:
        given = _text_of(value, name)
        digits = given.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= INTEGER_DIGITS):
            raise InvalidRequest(f"Invalid integer: {given}", param=name, code="parameter_invalid_integer")
        return int(given)

    return Field(read, required)


def boolean() -> Field:
    """`true` or `false`."""

    def read(value: Any, name: str) -> bool:
        given = _text_of(value, name)
        if given not in ("true", "false"):
            raise InvalidRequest(f"Invalid boolean: {given}", param=name)
        return given == "true"

    return Field(read)


def choice(*values: str, required: bool = False) -> Field:
    """One of a few words."""

    def read(value: Any, name: str) -> str:
        given = _text_of(value, name)
        if given not in values:
            raise InvalidRequest(f"Invalid {name}: must be one of {', '.join(values)}", param=name)
        return given

    return Field(read, required)


def needed(field_: Field) -> Field:
    """The same, and it must come."""
    return replace(field_, required=True)


def group(**fields: Field) -> Field:
    """An object with named parameters."""

    def read(value: Any, name: str) -> Record:
        if not isinstance(value, dict):
            raise InvalidRequest("Invalid object", param=name)
        return parse(fields, value, name)

    return Field(read, below=fields)


def rows(item: Field, *, required: bool = False, most: int = 100) -> Field:
    """A list; its rows are numbered from 0."""

    def read(value: Any, name: str) -> list[Any]:
        if not isinstance(value, dict):
            raise InvalidRequest("Invalid array", param=name)
        if sorted(value, key=lambda key: (len(key), key)) != [str(number) for number in range(len(value))]:
            raise InvalidRequest("Invalid array", param=name)
        if len(value) > most:
            raise InvalidRequest(f"Invalid array: {name} has more than {most} elements", param=name)
        return [item.read(value[str(number)], f"{name}[{number}]") for number in range(len(value))]

    return Field(read, required, item.below)


def metadata() -> Field:
    """At most 50 pairs of key (40 characters) and value (500); an empty value unsets a key."""

    def read(value: Any, name: str) -> dict[str, str]:
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise InvalidRequest("Invalid object", param=name)
        if len(value) > 50:
            raise InvalidRequest("You can only specify up to 50 keys.", param=name)
        for key, each in value.items():
            if len(key) > 40:
                raise InvalidRequest("Metadata keys can have up to 40 characters.", param=_name(name, key))
            if len(_text_of(each, _name(name, key))) > 500:
                raise InvalidRequest("Metadata values can have up to 500 characters.", param=_name(name, key))
        return dict(value)

    return Field(read)


def moment() -> Field:
    """A time, or a span of times by gt, gte, lt and lte; gives the span."""
    bounds = group(gt=integer(), gte=integer(), lt=integer(), lte=integer())

    def read(value: Any, name: str) -> Record:
        if isinstance(value, dict):
            span: Record = bounds.read(value, name)
            return span
        exact = integer().read(value, name)
        return {"gte": exact, "lte": exact}

    return Field(read, below=bounds.below)
