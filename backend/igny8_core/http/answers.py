"""What every answer's type is made of: one struct renders the JSON, types it for pages and describes it for OpenAPI."""

from dataclasses import dataclass
from uuid import UUID

import msgspec


class Answer(msgspec.Struct):
    """The data of an answer. Its fields are the answer's fields, in the answer's order."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """Says in `extend_schema` that a route answers a list of these."""

    item: type[Answer]


class RemovedAnswer(Answer):
    """What was removed."""

    id: UUID
