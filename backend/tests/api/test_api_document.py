"""The OpenAPI document as it is served: small, compressed, known again, and pleasant to generate a client from."""

import gzip
import re

from tests.cast import Api

SCHEMA = "/api/schema/?format=json"
METHOD_NAME = re.compile(
    r"(admin_)?(list|get|create|update|set|delete|approve|reject|cancel|refund|revoke|record|bounce|finalize|void"
    r"|[a-z]+)(_[a-z0-9]+)*\Z"
)
KEPT_SMALL = 300_000


def test_it_is_small_and_tells_each_error_once() -> None:
    answer = Api(None).get(SCHEMA)
    assert len(answer.content) < KEPT_SMALL
    document = answer.json()
    errors = document["components"]["responses"]
    assert errors["Error409"]["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"]["enum"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            told = {status: body for status, body in operation["responses"].items() if not status.startswith("2")}
            assert all(body == {"$ref": f"#/components/responses/Error{status}"} for status, body in told.items()), path
            assert told.keys() <= {name.removeprefix("Error") for name in errors}


def test_operations_are_named_like_methods() -> None:
    paths = Api(None).get(SCHEMA).json()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not METHOD_NAME.match(name)] == []
    assert {"list_payments", "get_payment", "create_manual_payment", "cancel_payment", "admin_approve_payment"} <= {
        *names
    }


def test_it_is_sent_compressed_and_only_once() -> None:
    plain = Api(None).get(SCHEMA)
    compressed = Api(None).get(SCHEMA, **{"Accept-Encoding": "gzip"})
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert len(compressed.content) * 5 < len(plain.content)
    again = Api(None).get(SCHEMA, **{"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert plain["Vary"] == "Accept, Accept-Encoding"


def test_moments_of_answers_are_described_as_date_times() -> None:
    schemas = Api(None).get(SCHEMA).json()["components"]["schemas"]
    moments = {
        (name, field): [kind.get("format") for kind in shape.get("anyOf", [shape]) if kind["type"] != "null"]
        for name, schema in schemas.items()
        for field, shape in schema.get("properties", {}).items()
        if name.endswith("Answer") and (field.endswith("_at") or field == "at")
    }
    assert len(moments) > 30
    assert {key: formats for key, formats in moments.items() if formats != ["date-time"]} == {}
