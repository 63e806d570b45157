"""The base of all answer types: one struct renders the JSON, is typed for pages, and describes itself in OpenAPI."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its time zone; the OpenAPI document describes it as `date-time`."""


class Answer(msgspec.Struct):
    """The data of an answer; its fields are the answer's fields, in order."""


def same_names(answer: type[Answer], row: Any) -> dict[str, Any]:
    """The answer's fields that a model's row has under the same names, unchanged."""
    columns = {field.attname for field in row._meta.concrete_fields}
    return {name: getattr(row, name) for name in answer.__struct_fields__ if name in columns}


@dataclass(frozen=True, slots=True)
class ListOf:
    """Tells `extend_schema` that a route answers a list of these."""

    item: type[Answer]


class RemovedAnswer(Answer):
    """The id of what was removed."""

    id: UUID
