"""Every field that people write into is of one of a few kinds, and each kind keeps what deceives out."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from igny8_core.console.pages.base import OperatorPage
from igny8_core.console.site import OperatorSite
from igny8_core.http import fields as api
from igny8_core.http.fields import NamedTextsField, ParagraphsField, StrictCharField, StrictSerializer, VerbatimField
from igny8_core.http.forms import LineField
from igny8_core.portal import forms as portal
from rest_framework import serializers
from tests.growth import _modules

DIRECTIONS = [chr(code) for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
BREAKS = [*"\n\r\x0b\x0c\x85\u2028\u2029", "\r\n"]
CONTROLS = ["\x00", "\x01", "\x1b", "\x7f", "\x9b", "\ufffe", "\U0001ffff", "\ud800"]
INVISIBLE = [
    *"\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u2060\u2064\u206a\u2800\u3164\ufe0f\ufeff\uffa0\ufff9",
    "\U000e0041",
    "\U000e0100",
    "\U0001d173",
    "\U00013430",
]
PARSED = (api.AmountField, api.CurrencyField, api.CountryField, api.TimeZoneField, serializers.RegexField)
"""Not for showing: each takes a few forms and no others."""


def _shapes() -> list[type[StrictSerializer]]:
    assert _modules(), "every module is loaded, so that every shape is known"
    found, waiting = [], [StrictSerializer]
    while waiting:
        for child in waiting.pop().__subclasses__():
            found.append(child)
            waiting.append(child)
    return sorted(set(found), key=lambda shape: (shape.__module__, shape.__name__))


def _texts(name: str, field: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(field, serializers.DictField) and type(field.child).__name__ != "_UnvalidatedField":
        assert isinstance(field, NamedTextsField), name
    child = getattr(field, "child", None)
    if isinstance(child, serializers.Field) and not isinstance(child, StrictSerializer):
        yield from _texts(f"{name}[]", child)
    if isinstance(field, serializers.CharField) and not isinstance(field, PARSED):
        yield name, field


API = dict(
    named
    for shape in _shapes()
    for name, field in shape().fields.items()
    for named in _texts(f"{shape.__name__}.{name}", field)
)
LINES = {name: field for name, field in API.items() if not isinstance(field, ParagraphsField | VerbatimField)}
NOTES = {name: field for name, field in API.items() if isinstance(field, ParagraphsField)}
VERBATIM = {name for name, field in API.items() if isinstance(field, VerbatimField)}


def around(field: Any, between: str) -> str:
    """A text the field takes but for what stands in its middle."""
    if isinstance(field, serializers.EmailField):
        return f"ab{between}cd@example.com"
    return f"AB{between}CD" if (field.max_length or 99) < 10 else f"Ab{between}cd 12345678"


def test_every_text_of_the_api_is_of_a_kind() -> None:
    assert len(API) > 40
    assert all(isinstance(field, StrictCharField) for field in API.values())
    assert {name.split(".")[1] for name in NOTES} == {"notes", "note", "reason", "address"}
    addresses = {"success_url", "cancel_url", "return_url"}  # checked by their host; a browser goes there as they are
    assert {name.split(".")[1] for name in VERBATIM} == {"password", "new", "refresh_token", "definition", *addresses}


@pytest.mark.parametrize("name", LINES)
def test_a_line_refuses_breaks_and_directions_and_loses_what_shows_nothing(name: str) -> None:
    field = LINES[name]
    for between in [*DIRECTIONS, *BREAKS, *CONTROLS, "\t"]:
        with pytest.raises(serializers.ValidationError):
            field.run_validation(around(field, between))
    for between in INVISIBLE:
        try:
            assert field.run_validation(around(field, between)) == field.run_validation(around(field, "")), repr(
                between
            )
        except serializers.ValidationError as refusal:
            assert "IBAN" in name or "iban" in name, refusal
    if not field.allow_blank:
        for text in ("\u200d\u200b", "\u3164", "\u2800 \u00ad", " \ufeff "):
            with pytest.raises(serializers.ValidationError):
                field.run_validation(text)


@pytest.mark.parametrize("name", NOTES)
def test_a_note_keeps_its_lines_and_loses_the_rest(name: str) -> None:
    field = NOTES[name]
    assert field.run_validation("first\nsecond\r\nthird\tcolumn") == "first\nsecond\r\nthird\tcolumn"
    for between in [*DIRECTIONS, *INVISIBLE]:
        assert field.run_validation(f"ab{between}cd") == "abcd"
    for between in CONTROLS:
        with pytest.raises(serializers.ValidationError):
            field.run_validation(f"ab{between}cd")


def _forms() -> dict[str, type[forms.Form]]:
    found = {
        name: form for name, form in inspect.getmembers(portal, inspect.isclass) if issubclass(form, forms.BaseForm)
    }
    return {name: form for name, form in found.items() if form.__module__ == portal.__name__}


PORTAL = {
    f"{name}.{label}": field
    for name, form in _forms().items()
    for label, field in form.base_fields.items()
    if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput)
}


def _console() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    (site,) = [site for site in admin.sites.all_sites if isinstance(site, OperatorSite)]
    for model, page in site._registry.items():
        if isinstance(page, OperatorPage) and page.least_to_write is not None:
            request = RequestFactory().get("/")
            request.user = AnonymousUser()
            form = page.get_form(request, None)
            found |= {f"{model.__name__}.{name}": field for name, field in form.base_fields.items()}
    return {name: field for name, field in found.items() if isinstance(field, forms.CharField)}


CONSOLE = _console()
NO_TEXTS = {"PasskeyForm.credential", "AcceptByPasskeyForm.credential", "SavedMethodForm.last_four", "ClaimForm.amount"}
NO_TEXTS_OF_THE_CONSOLE = {
    "PaymentMethodConfig.min_amount",
    "PaymentMethodConfig.max_amount",
    "PaymentMethodConfig.tolerance",
    "PaymentMethodConfig.instructions",
}
"""Amounts, a password, and JSON that the service checks by its fields."""
FORM_LINES = {
    **{name: field for name, field in PORTAL.items() if name not in NO_TEXTS | {"ClaimForm.notes"}},
    **{name: field for name, field in CONSOLE.items() if name not in NO_TEXTS_OF_THE_CONSOLE},
}


def test_every_text_of_a_form_is_of_a_kind() -> None:
    assert {name for name in FORM_LINES if name[0] in "AIU"} >= {"Account.name", "User.name", "Invitation.email"}
    assert PORTAL.keys() >= NO_TEXTS
    assert CONSOLE.keys() >= NO_TEXTS_OF_THE_CONSOLE
    assert {name for name, field in FORM_LINES.items() if not isinstance(field, LineField)} == set()


@pytest.mark.parametrize("name", FORM_LINES)
def test_a_forms_line_refuses_and_loses_the_same(name: str) -> None:
    field, address = FORM_LINES[name], isinstance(FORM_LINES[name], forms.EmailField)
    text = "ab{}cd@example.com" if address else "AB{}CD 1" if (field.max_length or 99) < 10 else "Ab{}cd 1234"  # type: ignore[attr-defined]
    for between in [*DIRECTIONS, *BREAKS, *CONTROLS]:
        with pytest.raises(forms.ValidationError):
            field.clean(text.format(between))
    for between in INVISIBLE:
        assert field.clean(text.format(between)) == field.clean(text.format("")), repr(between)
    if field.required:
        with pytest.raises(forms.ValidationError):
            field.clean("\u200d\u200b")


def test_joiners_stay_where_they_give_letters_another_shape() -> None:
    line = StrictCharField()
    for name in ("می‌خواهم", "ශ්‍රී ලංකා", "क्‍ष", "نمونه‌ها"):
        assert line.run_validation(name) == name
    assert line.run_validation("ab\u200ccd\u200d") == "abcd"
    assert line.run_validation("عل\u200d") == "عل"
