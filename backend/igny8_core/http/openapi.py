"""Adds envelopes and errors to every operation of the OpenAPI document, so that views need not repeat them."""

from collections import defaultdict
from collections.abc import Iterator
from threading import Lock
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from rest_framework.serializers import ListSerializer

from igny8_core.http import openapi_fields
from igny8_core.http.answers import ListOf
from igny8_core.http.description import taken_notes
from igny8_core.http.errors import STATUS_OF_KIND
from igny8_core.http.multipart import MEDIA_TYPE
from igny8_core.http.operation_names import operation_name
from igny8_core.kit.errors import AppError

_DESCRIBING = Lock()
EXTENSIONS = openapi_fields
"""Registered on import."""
ERROR_SENTENCES = {
    "400": "The input is not valid (`validation_error` or a code of this operation).",
    "401": "No credential, or one that is unknown, expired or revoked.",
    "403": "The role is too low, or the caller is suspended.",
    "404": "Absent, or another account's.",
    "405": "This method is not allowed here.",
    "409": "The current state does not allow it, or the first request with this key is still running.",
    "413": "The body is too large.",
    "415": "This address does not accept this content type.",
    "422": "The idempotency key was used with another body.",
    "429": "Too many requests.",
    "503": "Busy; try again after `Retry-After` seconds.",
}
ALWAYS = ("400", "401", "403", "404", "405", "429", "503")
WITH_BODY = ("413", "415")
ON_POST = ("409", "422")
PAGE_PARAMETERS = [
    {
        "name": "page_size",
        "in": "query",
        "required": False,
        "description": "How many rows a page holds.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
    },
    {
        "name": "cursor",
        "in": "query",
        "required": False,
        "description": "Where a page begins: follow `next` and `previous`, which carry it.",
        "schema": {"type": "string", "maxLength": 500},
    },
]
REQUEST_ID = {"type": "string", "format": "uuid"}
ERROR_BODY = {
    "type": "object",
    "required": ["success", "error", "code", "request_id"],
    "properties": {
        "success": {"type": "boolean", "const": False},
        "error": {"type": "string", "description": "One sentence for a person."},
        "code": {"type": "string", "description": "Stable, for machines."},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "data": {"type": "object"},
        "request_id": {"anyOf": [REQUEST_ID, {"type": "null"}]},
    },
}
IDEMPOTENCY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A retry with the same key and body gets the first answer again and does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}
PARAMETERS = {"PageSize": PAGE_PARAMETERS[0], "Cursor": PAGE_PARAMETERS[1], "IdempotencyKey": IDEMPOTENCY_PARAMETER}


class BearerScheme(OpenApiAuthenticationExtension):
    """How the document describes the API's credentials."""

    target_class = "igny8_core.http.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer", "description": "An API key (igk_…) or an access token (igt_…)."}


class EnvelopeSchema(AutoSchema):
    """Wraps every success in its envelope and adds every error that the shared layers can return."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:  # type: ignore[override]
        """The operation with its errors and, for POST, the idempotency header."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                self._wrap(response)
        codes = [*ALWAYS, *(WITH_BODY if self.method in ("POST", "PUT", "PATCH", "DELETE") else ())]
        codes += ON_POST if self.method == "POST" else ("409",) if self.method != "GET" else ()
        if getattr(self.view, "action", None) in getattr(self.view, "conflicting", ()):
            codes.append("409")
        for status in sorted(codes):
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Error{status}"})
        if _answers_list(operation) and getattr(self.view, "paged", True):
            operation.setdefault("parameters", []).extend([_parameter("PageSize"), _parameter("Cursor")])
        if self.method == "POST" and self.view.replays(getattr(self.view, "action", None) or "post"):
            operation.setdefault("parameters", []).append(_parameter("IdempotencyKey"))
        return dict(operation)

    def get_operation_id(self) -> str:
        """A verb and its object; unique among all operations."""
        answers = self.get_response_serializers()
        answer = answers.get(200) if isinstance(answers, dict) else answers
        return operation_name(
            method=self.method,
            path=self.path.removeprefix("/api/v1/"),
            is_list=isinstance(answer, ListOf | ListSerializer),
            creates=getattr(self.view, "action", "create") == "create",
        )

    def get_summary(self) -> str | None:
        """The first sentence of the description, shown in lists of operations."""
        text = " ".join((self.get_description() or "").split())
        return text.partition(". ")[0].rstrip(".") or None

    def get_tags(self) -> list[str]:
        """The subject of the operation; operators' operations have tags of their own."""
        named = [segment for segment in self._segments() if segment != "id"]
        subject = [segment for segment in named if segment not in ("admin", "billing")]
        return [f"operators: {subject[0]}" if named[0] == "admin" else subject[0]]

    def _segments(self) -> list[str]:
        parts = self.path.removeprefix("/api/v1/").strip("/").split("/")
        return ["id" if part.startswith("{") else part for part in parts]

    def map_parsers(self) -> list[Any]:
        """Multipart only for actions that take files."""
        takes_files = (getattr(self.view, "action", None) or self.method.lower()) in self.view.uploads
        return [media for media in super().map_parsers() if takes_files or media != MEDIA_TYPE]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Views declare lists by `many=True`; they are never guessed."""
        return isinstance(serializer, ListSerializer)

    def _get_response_for_code(self, serializer: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """A list of answers is an array of its items."""
        if not isinstance(serializer, ListOf):
            return dict(super()._get_response_for_code(serializer, *args, **kwargs))
        response = dict(super()._get_response_for_code(serializer.item, *args, **kwargs))
        for content in response["content"].values():
            content["schema"] = {"type": "array", "items": content["schema"]}
        return response

    def _wrap(self, response: dict[str, Any]) -> None:
        content = response.get("content", {}).get("application/json")
        if content is None:
            return
        inner = content["schema"]
        if inner.get("type") == "array":
            content["schema"] = _list_envelope(inner)
        else:
            content["schema"] = _one_envelope(inner)


def shared_parts(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The errors and parameters that operations refer to; each error lists its possible codes."""
    codes: dict[str, set[str]] = defaultdict(set)
    for error in _every_error(AppError):
        codes[str(STATUS_OF_KIND[error.kind])].add(error.code)
    components = result.setdefault("components", {})
    components["schemas"]["Error"] = ERROR_BODY
    components["parameters"] = PARAMETERS
    components["responses"] = {
        f"Error{status}": {
            "description": sentence,
            "content": {"application/json": {"schema": _error_with(sorted(codes[status]))}},
        }
        for status, sentence in ERROR_SENTENCES.items()
    }
    return result


def _every_error(parent: type[AppError]) -> Iterator[type[AppError]]:
    for error in parent.__subclasses__():
        yield error
        yield from _every_error(error)


def _error_with(codes: list[str]) -> dict[str, Any]:
    error = {"$ref": "#/components/schemas/Error"}
    return {"allOf": [error, {"type": "object", "properties": {"code": {"enum": codes}}}]}


def _parameter(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/parameters/{name}"}


def without_own_routes(endpoints: list[Any]) -> list[Any]:
    """Build the document; it describes the API but not its own routes, and by now every room has been imported."""
    with _DESCRIBING:
        for operation, said in taken_notes():
            extend_schema(**said)(operation)
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def _answers_list(operation: dict[str, Any]) -> bool:
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    return "results" in content.get("schema", {}).get("properties", {})


def _one_envelope(inner: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["success", "data", "request_id"],
        "properties": {
            "success": {"type": "boolean", "const": True},
            "data": inner,
            "message": {"type": "string"},
            "request_id": REQUEST_ID,
        },
    }


def _list_envelope(inner: dict[str, Any]) -> dict[str, Any]:
    url = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "required": ["success", "count", "count_exact", "next", "previous", "results", "request_id"],
        "properties": {
            "success": {"type": "boolean", "const": True},
            "count": {"type": "integer", "minimum": 0, "maximum": 1000},
            "count_exact": {"type": "boolean"},
            "next": url,
            "previous": url,
            "results": inner,
            "request_id": REQUEST_ID,
        },
    }
