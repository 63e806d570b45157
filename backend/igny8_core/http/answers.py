"""What every answer's type is made of: one struct renders the JSON, types it for pages and describes it for OpenAPI."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec


class Answer(msgspec.Struct):
    """The data of an answer. Its fields are the answer's fields, in the answer's order."""


def same_names(answer: type[Answer], row: Any) -> dict[str, Any]:
    """The answer's fields that stand in a model's row under the same names, as they are."""
    columns = {field.attname for field in row._meta.concrete_fields}
    return {name: getattr(row, name) for name in answer.__struct_fields__ if name in columns}


@dataclass(frozen=True, slots=True)
class ListOf:
    """Says in `extend_schema` that a route answers a list of these."""

    item: type[Answer]


class RemovedAnswer(Answer):
    """What was removed."""

    id: UUID
