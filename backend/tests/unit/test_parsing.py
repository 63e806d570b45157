"""Strict JSON: what is refused, in which words, and at what cost."""

import pytest
from igny8_core.http.parsing import MAX_DEPTH, parse_object
from igny8_core.kit.errors import ValidationError


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "The body is not valid JSON."),
        (b"[]", "The body must be a JSON object."),
        (b"\xff", "The body is not UTF-8."),
        (b'{"a": 1, "a": 1}', "An object in the body has the same name twice."),
        (b'{"b": {"a": 1, "a": 1}}', "An object in the body has the same name twice."),
        (b'{"a": NaN}', "The body is not valid JSON: NaN is not a JSON number."),
        (b'{"a": -Infinity}', "The body is not valid JSON: -Infinity is not a JSON number."),
        (b'{"a": 1e400}', "The body has a number that is out of range."),
        (b'{"a": ' + b"9" * 5000 + b"}", "The body is not valid JSON."),
        (b'{"a": "\\ud800"}', "The body contains a NUL character or half of a surrogate pair."),
        (b'{"\\u0000": 1}', "The body contains a NUL character or half of a surrogate pair."),
        (b'{"a": ' * 1000 + b"1" + b"}" * 1000, f"The body is nested more than {MAX_DEPTH} levels deep."),
        (b"[" * 1000 + b"]" * 1000, f"The body is nested more than {MAX_DEPTH} levels deep."),
    ],
)
def test_refuses(body: bytes, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_object(body)
    assert refused.value.message == sentence


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}"])
def test_nothing_is_an_empty_object(body: bytes) -> None:
    assert parse_object(body) == {}


def test_brackets_inside_text_are_no_depth() -> None:
    assert parse_object(b'{"a": "' + b"[" * 1000 + b'"}') == {"a": "[" * 1000}
    assert parse_object(b'{"a": "\\"' + b"[" * 1000 + b'"}') == {"a": '"' + "[" * 1000}


@pytest.mark.parametrize(
    "body",
    [b'{"a":"' + b'\\"' * 450_000 + b"[" * 33, b'"\\' * 450_000 + b"[" * 33, b'"' * 900_000 + b"[" * 33],
    ids=["escaped quotes", "escapes", "quotes"],
)
def test_the_cost_is_a_multiple_of_the_length(body: bytes) -> None:
    """Backtracking over escaped quotes once took the square of the length: hours for a body within the limit."""
    with pytest.raises(ValidationError):
        parse_object(body)
