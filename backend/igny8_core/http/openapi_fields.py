"""Schemas of our fields in the OpenAPI document. The app loads this module so that the generator finds them."""

from typing import Any

import msgspec
from django_countries import countries
from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from igny8_core.http.answers import Answer
from igny8_core.kit.currencies import CURRENCIES


def _shared(auto_schema: AutoSchema, name: str, values: list[str]) -> dict[str, Any]:
    """A reference to an enumeration that is defined once in the document."""
    schema = {"type": "string", "enum": values}
    part = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema)
    auto_schema.registry.register_on_missing(part)
    return dict(part.ref)


class StrictSerializerSchema(OpenApiSerializerExtension):
    """Requests accept only the listed fields."""

    target_class = "igny8_core.http.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """The usual schema, with additional properties forbidden."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


def _answers(of: type[Answer]) -> dict[str, type[Answer]]:
    """Every answer type by the name of its component."""
    return {one.__name__: one for kind in of.__subclasses__() for one in (kind, *_answers(kind).values())}


class AnswerSchema(OpenApiSerializerExtension):
    """Answers are described by their own types."""

    target_class = "igny8_core.http.answers.Answer"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:
        """The type's name."""
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """The type's schema; nested types, including enumerations, become separate components."""
        _, components = msgspec.json.schema_components([self.target], ref_template="#/components/schemas/{name}")
        own: dict[str, Any] = components.pop(self.target.__name__)
        answers = _answers(Answer)
        for name, schema in components.items():
            part = ResolvedComponent(
                name=name, type=ResolvedComponent.SCHEMA, object=answers.get(name, name), schema=schema
            )
            auto_schema.registry.register_on_missing(part)
        return own


class AmountSchema(OpenApiSerializerFieldExtension):
    """Money as decimal text."""

    target_class = "igny8_core.http.fields.AmountField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """A pattern; the number of decimals depends on the currency."""
        return {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,3})?$", "example": "4500.00"}


class CurrencySchema(OpenApiSerializerFieldExtension):
    """An ISO 4217 code."""

    target_class = "igny8_core.http.fields.CurrencyField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """All codes, listed once for the whole document."""
        return _shared(auto_schema, "Currency", sorted(CURRENCIES))


class CountrySchema(OpenApiSerializerFieldExtension):
    """An ISO 3166-1 code."""

    target_class = "igny8_core.http.fields.CountryField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """All codes, and `*` if it is allowed."""
        codes = sorted(countries.countries)
        if self.target.allow_every:
            return _shared(auto_schema, "CountryOrEvery", ["*", *codes])
        return _shared(auto_schema, "Country", codes)


class UploadSchema(OpenApiSerializerFieldExtension):
    """A file."""

    target_class = "igny8_core.http.fields.UploadField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Bytes."""
        return {"type": "string", "format": "binary"}


class TimeZoneSchema(OpenApiSerializerFieldExtension):
    """A name of the IANA database."""

    target_class = "igny8_core.http.fields.TimeZoneField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Text, because the database has about six hundred names."""
        return {"type": "string", "maxLength": 64, "example": "Asia/Karachi"}
