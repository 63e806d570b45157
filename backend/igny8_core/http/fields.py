"""DRF fields that accept exactly what the contract says, without coercion."""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django_countries import countries
from rest_framework import serializers

from igny8_core.http.multipart import Upload
from igny8_core.http.parsing import is_clean
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.texts import BadText, one_line, paragraphs

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MONEY = re.compile(r"\d{1,20}(\.\d{1,4})?\Z", re.ASCII)
_OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)\Z")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class StrictSerializer[Checked](serializers.Serializer[Any]):
    """Validates a document and returns the typed value it describes.

    Unknown fields are refused, so that a typo is an error and not a silent loss. A subclass names the type: its fields
    have the same names as the type's, and optional fields have their defaults in the type.
    """

    into: ClassVar[Callable[..., Any]] = dict
    changes_only: ClassVar[bool] = False
    """True if every field is optional, as in a PATCH."""

    @classmethod
    def checked(cls, data: Any, **more: Any) -> Checked:
        """The value of a whole document, with additional attributes; raises DRF's `ValidationError`.

        All calls share one instance, which validation does not modify: creating the fields again by deep copies costs
        more than validating.
        """
        values: Checked = cls.into(**_shape(cls)._values(data), **more)
        return values

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The typed value, also of a nested document."""
        values = self._values(data)
        return values if values is None else self.into(**values)

    def _values(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().run_validation(data)
        return values

    def to_internal_value(self, data: Any) -> Any:
        """Check for unknown names together with everything else, so that one answer names every fault."""
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **_unknown(unknown)}) from error
        if unknown:
            raise serializers.ValidationError(_unknown(unknown))
        return value


@cache
def _shape[Checked](of: type[StrictSerializer[Checked]]) -> StrictSerializer[Checked]:
    return of(partial=of.changes_only)


def _unknown(names: set[str]) -> dict[str, list[str]]:
    return {name[:100]: ["This field is not known."] for name in sorted(names, key=str)}


class StrictCharField(serializers.CharField):
    """A JSON string of one line: a name, a reference, a label. Numbers and booleans are not converted."""

    def to_internal_value(self, data: Any) -> str:
        """The string without invisible characters."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data.strip() if self.trim_whitespace else data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)  # checked before anything is done with it
        try:
            text = self.clean_text(data)
        except BadText as error:
            raise serializers.ValidationError(str(error)) from error
        if not text and not self.allow_blank:
            self.fail("blank")
        return super().to_internal_value(text)

    def clean_text(self, text: str) -> str:
        """The accepted text; raises `BadText`."""
        return one_line(text)


class ParagraphsField(StrictCharField):
    """Text of several lines: a note, a reason, an address."""

    def clean_text(self, text: str) -> str:
        """Line breaks are kept."""
        return paragraphs(text)


class VerbatimField(StrictCharField):
    """A password, or a document inside a document: stored unchanged."""

    def clean_text(self, text: str) -> str:
        """The text itself, if the database can store it."""
        if not is_clean(text) or _CONTROLS.search(text):
            raise BadText("Control characters are not allowed.")
        return text


class NamedTextsField(serializers.DictField):
    """An object of texts, whose names are also texts of one line."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The texts by name."""
        texts: dict[str, Any] = super().to_internal_value(data)
        return {self.child.run_validation(name): text for name, text in texts.items()}


class EnumField[Member: StrEnum](serializers.ChoiceField):
    """A value of an enumeration, as its member."""

    def __init__(self, of: type[Member], *, among: Iterable[Member] | None = None, **options: Any) -> None:
        self.of = of
        super().__init__(choices=[str(member) for member in of if among is None or member in among], **options)

    def to_internal_value(self, data: Any) -> Member:
        """The member."""
        return self.of(super().to_internal_value(data))


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer; `true`, `"1"` and `1.0` are refused."""

    def to_internal_value(self, data: Any) -> int:
        """The integer."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class StrictBooleanField(serializers.BooleanField):
    """JSON true or false."""

    def to_internal_value(self, data: Any) -> bool:
        """The boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class UploadField(serializers.Field[Any, Any, Any, Any]):
    """A file of a multipart body."""

    default_error_messages = {  # noqa: RUF012
        "not_a_file": "Send this as a file of a multipart/form-data body.",
        "empty": "The file is empty.",
    }

    def to_internal_value(self, data: Any) -> Upload:
        """The upload."""
        if not isinstance(data, Upload):
            self.fail("not_a_file")
        if data.size == 0:
            self.fail("empty")
        return data

    def to_representation(self, value: Any) -> Any:
        """Files are accepted and never rendered."""
        raise NotImplementedError


class StrictUUIDField(serializers.UUIDField):
    """A UUID as text in its canonical form."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        """The id."""
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class StrictDateField(serializers.DateField):
    """YYYY-MM-DD."""

    def to_internal_value(self, value: Any) -> date:
        """The date."""
        if not isinstance(value, str) or not _DATE.match(value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class StrictDateTimeField(serializers.DateTimeField):
    """An RFC 3339 instant with its UTC offset."""

    def to_internal_value(self, value: Any) -> datetime:
        """The instant, in UTC."""
        if not isinstance(value, str) or not _OFFSET.search(value):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ssZ")
        return super().to_internal_value(value)


class AmountField(serializers.CharField):
    """Money as a decimal string; its decimals are checked once the currency is known."""

    default_error_messages = {"amount": 'Send the amount as a decimal string such as "4500.00".'}  # noqa: RUF012

    def __init__(self, *, allow_zero: bool = False, **options: Any) -> None:
        self.allow_zero = allow_zero
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """The text of an amount above zero (or not below zero)."""
        if not isinstance(data, str) or not _MONEY.match(data) or not (self.allow_zero or data.strip("0.")):
            self.fail("amount")
        return data


class CurrencyField(serializers.CharField):
    """An ISO 4217 code."""

    default_error_messages = {"currency": "This is not an ISO 4217 currency code."}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> str:
        """The code."""
        if not isinstance(data, str) or data not in CURRENCIES:
            self.fail("currency")
        return data


class CountryField(serializers.CharField):
    """An ISO 3166-1 alpha-2 code, or `*` for every country."""

    default_error_messages = {"country": "This is not an ISO 3166-1 alpha-2 country code."}  # noqa: RUF012

    def __init__(self, *, allow_every: bool = False, **options: Any) -> None:
        self.allow_every = allow_every
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """The code."""
        if not isinstance(data, str) or not (data in countries.countries or (self.allow_every and data == "*")):
            self.fail("country")
        return data


class TimeZoneField(serializers.CharField):
    """A name of the IANA time zone database."""

    default_error_messages = {"zone": "This is not an IANA time zone."}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> str:
        """The name."""
        if not isinstance(data, str) or data not in available_timezones():
            self.fail("zone")
        return data
