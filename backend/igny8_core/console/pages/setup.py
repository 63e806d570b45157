"""The payment methods as configured by finance, and the prices of credit packages."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django_countries import countries
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.models import CreditPackagePrice, PaymentMethodConfig
from igny8_core.business.billing.public import AMOUNTS, MethodConfigValues, change_config, create_config, remove_config
from igny8_core.console.amounts import money
from igny8_core.console.operators import Operator
from igny8_core.console.pages.base import OperatorPage
from igny8_core.console.pages.filters import UsedChoices, fixed
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.money import format_amount

CHOOSE = UnfoldAdminSelectWidget


class DocumentField(forms.JSONField):
    """A JSON document; excessive nesting or a number too long to read is an error like any other."""

    def to_python(self, value: Any) -> Any:
        """The document; an error is shown at the field."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form shows again: the document, or the text as entered."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class MethodConfigForm(forms.ModelForm):  # type: ignore[type-arg]
    """A payment method; amounts as decimal text in its currency."""

    payment_method = forms.ChoiceField(choices=[(str(one), str(one)) for one in PaymentMethod], widget=CHOOSE)
    country = forms.ChoiceField(choices=[("*", "Every country"), *countries], widget=CHOOSE)
    currency = forms.ChoiceField(choices=[(code, code) for code in sorted(CURRENCIES)], widget=CHOOSE)
    min_amount = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget, label="Least amount")
    max_amount = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget, label="Largest amount")
    tolerance = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="How much an invoice may be underpaid and still be closed.",
    )

    class Meta:
        model = PaymentMethodConfig
        fields: ClassVar = [
            "payment_method",
            "country",
            "currency",
            "display_name",
            "instructions",
            "requires_proof",
            "enabled",
            "sort_order",
        ]
        field_classes: ClassVar = {"instructions": DocumentField}

    def __init__(self, *args: Any, **options: Any) -> None:
        config = options.get("instance")
        if config is not None and config.currency:
            amounts = {name: getattr(config, column) for name, column in AMOUNTS.items()}
            shown = {
                name: "" if amount is None else format_amount(amount, config.currency)
                for name, amount in amounts.items()
            }
            options["initial"] = {**shown, **(options.get("initial") or {})}
        super().__init__(*args, **options)

    def values(self) -> MethodConfigValues:
        """The values as the service takes them: empty text means no limit and no tolerance."""
        values = dict(self.cleaned_data)
        values["payment_method"] = PaymentMethod(values["payment_method"])
        for name in AMOUNTS:
            values[name] = values[name].strip() or ("0" if name == "tolerance" else None)
        return MethodConfigValues(**values)


class MethodConfigPage(OperatorPage):
    """The payment methods offered to accounts of a country."""

    form = MethodConfigForm
    least_to_view = OperatorRole.FINANCE
    least_to_write = OperatorRole.FINANCE
    adds = True
    removes = True
    list_display: ClassVar = [
        "display_name",
        "payment_method",
        "country",
        "currency",
        "limits",
        "enabled",
        "sort_order",
    ]
    list_filter: ClassVar = [
        fixed("country", ("*", *countries.countries), UsedChoices),
        fixed("payment_method", PaymentMethod),
        fixed("enabled", ("True", "False")),
    ]
    ordering: ClassVar = ["country", "sort_order"]
    fields: ClassVar = [
        "payment_method",
        "country",
        "currency",
        "display_name",
        "instructions",
        "min_amount",
        "max_amount",
        "tolerance",
        "requires_proof",
        "enabled",
        "sort_order",
    ]

    @admin.display(description="Limits")
    def limits(self, config: PaymentMethodConfig) -> str:
        """Minimum and maximum."""
        least, most = (money(one, config.currency) for one in (config.min_amount_minor, config.max_amount_minor))
        return f"{least} … {most}"

    def add(self, operator: Operator, form: Any) -> UUID:
        """Create a payment method."""
        return create_config(values=form.values()).id

    def change(self, operator: Operator, form: Any) -> None:
        """Whatever differs."""
        change_config(config_id=form.instance.id, changes=form.values())

    def delete_model(self, request: HttpRequest, obj: PaymentMethodConfig) -> None:
        """Through the service, which records it."""
        remove_config(config_id=obj.id)


class Prices(TabularInline):  # type: ignore[type-arg]
    model = CreditPackagePrice
    fields: ClassVar = ["currency", "price"]
    readonly_fields: ClassVar = ["currency", "price"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Packages come from `load_credit_packages`."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same permission as for the package."""
        return True

    @admin.display(description="Price")
    def price(self, row: CreditPackagePrice) -> str:
        """Without tax."""
        return money(row.amount_minor, row.currency)


class CreditPackagePage(OperatorPage):
    """What accounts can buy."""

    list_display: ClassVar = ["name", "credits", "enabled", "sort_order"]
    ordering: ClassVar = ["sort_order"]
    inlines: ClassVar = [Prices]
    fields: ClassVar = ["name", "credits", "enabled", "sort_order"]
    readonly_fields: ClassVar = fields
