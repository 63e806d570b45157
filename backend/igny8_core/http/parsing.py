"""Strict JSON: what a lenient parser would accept is refused here, before anything else reads it."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import BaseParser

from igny8_core.kit.errors import ValidationError

MAX_DEPTH = 32
# Possessive, and matching even without the closing quote, so that every byte is read once. With backtracking, a body of
# escaped quotes took quadratic time.
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


class _Refused(ValueError):
    """Why the text is refused, as a sentence for a person."""


class StrictJSONParser(BaseParser):
    """UTF-8 JSON objects without duplicate keys, NaN, infinities, NUL characters, lone surrogates or deep nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body as a dict; raises `ValidationError`."""
        body = stream.read()
        announced = _announced_length(parser_context)
        if announced is not None and len(body) < announced:
            raise ValidationError("The body ended before it was complete.")
        return parse_object(body)


def _announced_length(parser_context: Mapping[str, Any] | None) -> int | None:
    """A truncated body has fewer bytes than announced; if it were treated as empty, it could approve a payment."""
    request = (parser_context or {}).get("request")
    text = "" if request is None else request.META.get("CONTENT_LENGTH", "")
    return int(text) if text else None


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a request body; an empty one is an empty object."""
    if not body.strip():
        return {}
    _refuse_depth(body)
    try:
        document = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
    except _Refused as error:
        raise ValidationError(str(error)) from error
    except UnicodeDecodeError as error:
        raise ValidationError("The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise ValidationError("The body is not valid JSON.") from error
    if not isinstance(document, dict):
        raise ValidationError("The body must be a JSON object.")
    if b"\\u" in body:
        _refuse_bad_text(document)
    return document


def _refuse_depth(body: bytes) -> None:
    """Counted before parsing, so that deep nesting cannot exhaust the parser's stack."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(body):
        first = token.group()[:1]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValidationError(f"The body is nested more than {MAX_DEPTH} levels deep.")
        elif first in b"]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _Refused("An object in the body has the same name twice.")
    return document


def _finite(text: str) -> float:
    number = float(text)  # lint: float-ok JSON numbers are only checked for being finite; money is text
    if not math.isfinite(number):
        raise _Refused("The body has a number that is out of range.")
    return number


def _refuse_constant(text: str) -> NoReturn:
    raise _Refused(f"The body is not valid JSON: {text} is not a JSON number.")


def _refuse_bad_text(value: Any) -> None:
    if isinstance(value, str):
        if not is_clean(value):
            raise ValidationError("The body contains a NUL character or half of a surrogate pair.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_bad_text(key)
            _refuse_bad_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_bad_text(inner)


def is_clean(text: str) -> bool:
    """Whether PostgreSQL and UTF-8 can store the text."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
